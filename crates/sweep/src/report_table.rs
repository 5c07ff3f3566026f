//! `[report]` of a sweep file.

use crate::document::ValueError;
use crate::keys::MARGIN;
use crate::settings::Settings;

/// What a sweep's report judges by. No result depends on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReportSettings {
    /// Accuracy that a cheaper network may lack against the best and still be good enough to ship, a share in
    /// [0, 1).
    pub margin: f64,
}

impl Default for ReportSettings {
    fn default() -> ReportSettings {
        ReportSettings { margin: 0.01 }
    }
}

/// The settings, with defaults for what is absent.
pub(crate) fn read(settings: &Settings<'_>) -> Result<ReportSettings, ValueError> {
    let margin = settings.single(&MARGIN, |value| {
        value.number().filter(|margin| (0.0..1.0).contains(margin))
    })?;
    Ok(ReportSettings {
        margin: margin.unwrap_or(ReportSettings::default().margin),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::sweep_file::{SweepFile, SweepFileError};

    fn parse(table: &str, set: &[&str]) -> Result<SweepFile, SweepFileError> {
        let text =
            format!("task = 'a'\n[hyperparameters]\nkernel_size = 3\nkernel_num = 4\n{table}");
        let overrides: Vec<_> = set.iter().map(|set| set.parse().unwrap()).collect();
        SweepFile::parse(&text, Path::new("x.toml"), &overrides)
    }

    fn margin(table: &str, set: &[&str]) -> f64 {
        parse(table, set).unwrap().report.margin
    }

    #[test]
    fn without_a_word_one_percentage_point_may_be_lacking() {
        assert_eq!(margin("", &[]), 0.01);
        assert_eq!(margin("[report]", &[]), 0.01);
    }

    #[test]
    fn the_margin_is_read_from_the_file_and_from_the_command_line() {
        assert_eq!(margin("[report]\nmargin = 0.05", &[]), 0.05);
        assert_eq!(margin("[report]\nmargin = 0", &[]), 0.0);
        assert_eq!(margin("[report]\nmargin = 0.05", &["margin=0.02"]), 0.02);
        assert_eq!(margin("", &["report.margin=0.999"]), 0.999);
    }

    #[test]
    fn what_is_no_share_below_one_is_refused_with_its_line() {
        for wrong in ["1", "1.0", "-0.01", "nan", "inf", "'0.01'", "[0.01]"] {
            assert_eq!(
                parse(&format!("[report]\nmargin = {wrong}"), &[])
                    .unwrap_err()
                    .to_string(),
                format!(
                    "x.toml:6: `margin` is `{}`, expected a number from 0 to below 1",
                    wrong
                )
            );
        }
    }

    #[test]
    fn a_misspelt_key_or_table_is_answered_with_the_right_one() {
        for (table, expected) in [
            (
                "[report]\nmargn = 0.1",
                "x.toml:6: unknown key `margn`: did you mean `margin`?",
            ),
            (
                "[reports]\nmargin = 0.1",
                "x.toml:5: unknown key `reports`: did you mean `[report]`?",
            ),
            (
                "[train]\nmargin = 0.1",
                "x.toml:6: unknown key `margin`: did you mean `margin` in `[report]`?",
            ),
        ] {
            assert_eq!(parse(table, &[]).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn the_margin_changes_no_trial() {
        let (narrow, wide) = (parse("", &[]), parse("[report]\nmargin = 0.5", &[]));
        let (narrow, wide) = (narrow.unwrap(), wide.unwrap());
        assert_eq!(narrow.grid, wide.grid);
        assert_eq!(narrow.train, wide.train);
        assert_eq!(narrow.seeds, wide.seeds);
    }
}
