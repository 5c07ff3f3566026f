//! `[tensorboard]` of a sweep file.

use crate::document::ValueError;
use crate::keys::{CONFUSION_MATRICES_EVERY, HISTOGRAMS_EVERY, MISTAKES};
use crate::settings::Settings;

/// How much TensorBoard gets of each trial, beside scalars and hyperparameters. No result depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TensorboardSettings {
    /// Epochs from one histogram of each layer's weights to the next; `None`: there are none.
    pub histograms_every: Option<u32>,
    /// Epochs from one picture of the confusion matrix to the next; `None`: only that of the best weights.
    pub confusion_matrices_every: Option<u32>,
    /// Most photographs on the picture of the best weights' most confident mistakes.
    pub mistakes: usize,
}

impl Default for TensorboardSettings {
    fn default() -> TensorboardSettings {
        TensorboardSettings {
            histograms_every: Some(1),
            confusion_matrices_every: Some(1),
            mistakes: 18,
        }
    }
}

/// The settings, with defaults for what is absent.
pub(crate) fn read(settings: &Settings<'_>) -> Result<TensorboardSettings, ValueError> {
    let every = |key| {
        settings.single(key, |value| {
            value.whole::<u32>().filter(|epochs| *epochs <= 100_000)
        })
    };
    let mistakes = settings.single(&MISTAKES, |value| {
        value.whole::<usize>().filter(|mistakes| *mistakes <= 100)
    })?;
    let default = TensorboardSettings::default();
    let interval = |given: Option<u32>, default| match given {
        Some(0) => None,
        given => given.or(default),
    };
    Ok(TensorboardSettings {
        histograms_every: interval(every(&HISTOGRAMS_EVERY)?, default.histograms_every),
        confusion_matrices_every: interval(
            every(&CONFUSION_MATRICES_EVERY)?,
            default.confusion_matrices_every,
        ),
        mistakes: mistakes.unwrap_or(default.mistakes),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::sweep_file::SweepFile;

    fn settings(table: &str) -> TensorboardSettings {
        let text = format!(
            "task = 'a'\n[hyperparameters]\nkernel_size = 3\nkernel_num = 4\n[tensorboard]\n{table}"
        );
        let sweep = SweepFile::parse(&text, Path::new("x.toml"), &[]).unwrap();
        sweep.tensorboard
    }

    #[test]
    fn what_is_absent_is_logged_in_every_epoch() {
        assert_eq!(settings(""), TensorboardSettings::default());
        assert_eq!(settings("mistakes = 4").histograms_every, Some(1));
    }

    #[test]
    fn each_kind_can_be_logged_less_often_or_not_at_all() {
        let less = settings("histograms_every = 5\nconfusion_matrices_every = 2\nmistakes = 100");
        let expected = TensorboardSettings {
            histograms_every: Some(5),
            confusion_matrices_every: Some(2),
            mistakes: 100,
        };
        assert_eq!(less, expected);
        let none = settings("histograms_every = 0\nconfusion_matrices_every = 0\nmistakes = 0");
        let expected = TensorboardSettings {
            histograms_every: None,
            confusion_matrices_every: None,
            mistakes: 0,
        };
        assert_eq!(none, expected);
    }
}
