//! The margin that a sweep's file, as it was last run, gives its report.

use std::path::PathBuf;

use fitroom_store::{SweepOrigin, SweepRecord};
use fitroom_sweep::{Override, ReportSettings, SweepFile};

/// The margin; the default, and why, if this version cannot read the file.
pub(super) fn margin(sweep: &SweepRecord) -> (f64, Option<String>) {
    let default = ReportSettings::default().margin;
    let SweepOrigin::Ours { text, .. } = &sweep.origin else {
        return (default, None);
    };
    match parse(sweep, text) {
        Ok(file) => (file.report.margin, None),
        Err(error) => {
            let problem = format!(
                "{} on {}: this version cannot read the sweep's file as it was run: {error:#}\n\
                 (its report takes the default margin, {default})",
                sweep.name, sweep.dataset
            );
            (default, Some(problem))
        }
    }
}

fn parse(sweep: &SweepRecord, text: &str) -> anyhow::Result<SweepFile> {
    let overrides: Vec<Override> = sweep
        .overrides
        .iter()
        .map(|argument| argument.parse())
        .collect::<Result<_, _>>()?;
    let path = PathBuf::from(format!("{}.toml", sweep.name));
    Ok(SweepFile::parse(text, &path, &overrides)?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use fitroom_domain::{Flip, ImageSize, SplitCounts, Task, TaskDefinition, TaskSummary};

    use super::*;

    fn sweep(text: &str, overrides: &[&str]) -> SweepRecord {
        SweepRecord {
            key: 1,
            dataset: "catalogue".to_owned(),
            fingerprint: "0123456789abcdef0123456789abcdef".parse().unwrap(),
            name: "grid".to_owned(),
            task: "shapes".to_owned(),
            definition: String::new(),
            origin: SweepOrigin::Ours {
                task: Task {
                    name: "shapes".to_owned(),
                    definition: TaskDefinition {
                        where_: BTreeMap::new(),
                        predicts: vec!["shape".to_owned()],
                        flip: Flip::None,
                    },
                },
                summary: TaskSummary {
                    image: ImageSize {
                        height: 18,
                        width: 14,
                    },
                    classes: Vec::new(),
                    photographs: SplitCounts::default(),
                    left_out: 0,
                    leaks: None,
                },
                text: text.to_owned(),
            },
            overrides: overrides.iter().map(|one| (*one).to_owned()).collect(),
            run_at: String::new(),
        }
    }

    const FILE: &str = "task = 'shapes'\n[hyperparameters]\nkernel_size = 3\nkernel_num = 4\n";

    #[test]
    fn the_margin_is_that_of_the_file_as_it_was_last_run() {
        assert_eq!(margin(&sweep(FILE, &[])), (0.01, None));
        let file = format!("{FILE}[report]\nmargin = 0.05\n");
        assert_eq!(margin(&sweep(&file, &["epochs=3"])), (0.05, None));
        assert_eq!(margin(&sweep(&file, &["margin=0.02"])), (0.02, None));
        let imported = SweepRecord {
            origin: SweepOrigin::Imported {
                from: "logs".to_owned(),
            },
            ..sweep("", &[])
        };
        assert_eq!(margin(&imported), (0.01, None));
    }

    #[test]
    fn a_file_that_this_version_cannot_read_gets_the_default_and_says_so() {
        let old = sweep(&format!("{FILE}[prune]\nmedian = true\n"), &[]);
        let (found, problem) = margin(&old);
        assert_eq!(found, 0.01);
        let problem = problem.unwrap();
        assert!(
            problem.starts_with("grid on catalogue: ") && problem.contains("grid.toml:6: unknown"),
            "{problem}"
        );
        assert!(margin(&sweep(FILE, &["margin=2"])).1.is_some());
    }
}
