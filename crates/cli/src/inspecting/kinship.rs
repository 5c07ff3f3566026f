//! How nearly two trials are the same.

use fitroom_domain::{RecordedTrial, Trial};
use fitroom_store::TrialRow;

/// What is the same of two trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kinship {
    /// They are one trial.
    Same,
    /// All that determines the result, but not what its bits depend on beside.
    AllButNumerics,
    /// All that determines the result.
    All,
    /// All that determines the result but the seed, and perhaps the numerics.
    AllButSeed,
    /// Less.
    Less,
}

impl Kinship {
    pub(super) fn of(a: &TrialRow, b: &TrialRow) -> Kinship {
        if a.id == b.id {
            return Kinship::Same;
        }
        Kinship::of_trials((&a.trial, &a.numerics), (&b.trial, &b.numerics))
    }

    fn of_trials(
        (a, numerics_a): (&RecordedTrial, &Option<String>),
        (b, numerics_b): (&RecordedTrial, &Option<String>),
    ) -> Kinship {
        let (Some(a), Some(b)) = (a.ours(), b.ours()) else {
            return Kinship::Less;
        };
        let is_known = numerics_a.is_some() && numerics_b.is_some();
        match (is_alike(a, b), a.seed == b.seed) {
            (true, true) if is_known && numerics_a != numerics_b => Kinship::AllButNumerics,
            (true, true) => Kinship::All,
            (true, false) => Kinship::AllButSeed,
            (false, _) => Kinship::Less,
        }
    }

    /// It in a sentence, if there is something to say.
    pub(super) fn sentence(self) -> Option<&'static str> {
        match self {
            Kinship::Same => Some("A and B are the same trial."),
            Kinship::AllButNumerics => Some(
                "Everything that determines the result is the same, but the numerics differ: sums in another order give \
                 other bits.",
            ),
            Kinship::All => Some("Everything that determines the result is the same."),
            Kinship::AllButSeed => Some("Of what determines the result only the seed differs."),
            Kinship::Less => None,
        }
    }
}

/// Whether all but the seed is the same; what datasets and tasks are called does not count.
fn is_alike(a: &Trial, b: &Trial) -> bool {
    a.dataset.fingerprint == b.dataset.fingerprint
        && a.task.definition == b.task.definition
        && a.hyperparameters == b.hyperparameters
        && a.train == b.train
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use fitroom_domain::{DatasetKey, Flip, Hyperparameters, Task, TaskDefinition, TrainSettings};

    use super::*;

    fn trial(seed: u64, batch_size: u32) -> RecordedTrial {
        RecordedTrial::Ours(Trial {
            dataset: DatasetKey {
                name: format!("data-{seed}"),
                fingerprint: "00112233445566778899aabbccddeeff".parse().unwrap(),
            },
            task: Task {
                name: "shapes".to_owned(),
                definition: TaskDefinition {
                    where_: BTreeMap::new(),
                    predicts: vec!["shape".to_owned()],
                    flip: Flip::None,
                },
            },
            hyperparameters: Hyperparameters::new(3, 3, 8, 0, 0.0, 0.1).unwrap(),
            train: TrainSettings {
                batch_size,
                ..TrainSettings::default()
            },
            seed,
        })
    }

    #[test]
    fn what_determines_the_result_is_told_from_what_its_bits_depend_on() {
        let numerics = |text: &str| Some(text.to_owned());
        let kinship = |a: (u64, u32), b: (u64, u32), of_b: Option<String>| {
            let (a, b) = (trial(a.0, a.1), trial(b.0, b.1));
            Kinship::of_trials((&a, &numerics("kernels 2")), (&b, &of_b))
        };
        let same = numerics("kernels 2");
        let other = numerics("kernels 3");
        assert_eq!(kinship((1, 64), (1, 64), same.clone()), Kinship::All);
        assert_eq!(kinship((1, 64), (1, 64), None), Kinship::All);
        assert_eq!(
            kinship((1, 64), (1, 64), other.clone()),
            Kinship::AllButNumerics
        );
        assert_eq!(kinship((1, 64), (2, 64), other), Kinship::AllButSeed);
        assert_eq!(kinship((1, 64), (1, 32), same), Kinship::Less);
    }

    #[test]
    fn only_what_is_worth_it_is_said() {
        assert_eq!(Kinship::Less.sentence(), None);
        let numerics = Kinship::AllButNumerics.sentence().unwrap();
        assert!(numerics.contains("the numerics differ") && !numerics.contains('\n'));
    }
}
