//! The files of run folders and how they are read: enough to know everything without the database.
//!
//! ```text
//! <dataset>/<sweep>/sweep-<hash>.toml   the sweep, with what it asks and which trials it wants
//! <dataset>/<sweep>/<trial>/
//!     trial.toml          all that determines the result, enough to train it again
//!     provenance.toml     the sweep file, the command, git, versions and machine of its last attempt
//!     metrics.csv         every epoch
//!     result.toml         final figures, times, numerics, hashes of the files
//!     predictions.npz     validation: row, true class, logits of the kept weights
//!     model.safetensors   the kept weights, while kept
//!     events.out.tfevents.…  one for each attempt that the trial's training went through
//!     remarks.toml        tags and note, if there are any
//! ```

mod metrics_file;
mod provenance_file;
mod remarks_file;
mod result_file;
mod sweep_record_file;
mod trial_file;

pub(crate) use metrics_file::{metrics_writer, read_metrics, write_metrics};
pub(crate) use provenance_file::ProvenanceFile;
pub(crate) use remarks_file::{REMARKS, Remarks};
pub(crate) use result_file::{FileEntry, ResultFile};
pub(crate) use sweep_record_file::SweepRecordFile;
pub(crate) use trial_file::TrialDescription;

use std::path::{Component, Path, PathBuf};

use anyhow::{Context, anyhow};
use serde::de::DeserializeOwned;

/// All that determines the result.
pub(crate) const TRIAL: &str = "trial.toml";
/// How it came about.
pub(crate) const PROVENANCE: &str = "provenance.toml";
/// Every epoch.
pub(crate) const METRICS: &str = "metrics.csv";
/// How it ended.
pub(crate) const RESULT: &str = "result.toml";
/// The file of predictions.
pub(crate) const PREDICTIONS: &str = "predictions.npz";
/// The file of weights.
pub(crate) const WEIGHTS: &str = "model.safetensors";
/// What names of event files begin with.
pub(crate) const EVENTS: &str = "events.out.tfevents.";
/// The file of training in progress.
pub(crate) const CHECKPOINT: &str = "checkpoint.safetensors";

/// The folder of a trial, as it is recorded, below a runs folder; `None` if that is not `<dataset>/<sweep>/<trial>`.
/// No path is made of what is recorded but here.
pub(crate) fn trial_folder(runs: &Path, recorded: &str) -> Option<PathBuf> {
    let mut parts = recorded.split('/');
    let is_trial = parts.clone().count() == 3
        && parts.all(|part| is_file_name(part) && !part.starts_with('.'));
    is_trial.then(|| runs.join(recorded))
}

/// The same of a trial that may have none yet.
///
/// # Errors
/// When it is recorded otherwise: nothing outside of the runs folder is a trial's.
pub(crate) fn recorded_folder(
    runs: &Path,
    recorded: Option<&str>,
) -> anyhow::Result<Option<PathBuf>> {
    let folder = |recorded: &str| {
        trial_folder(runs, recorded).ok_or_else(|| {
            anyhow!(
                "`{recorded}` is recorded as a trial's folder, expected dataset/sweep/trial\n(`fitroom doctor` says more)"
            )
        })
    };
    recorded.map(folder).transpose()
}

/// Whether this is the name of a file, and not a path.
pub(crate) fn is_file_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let is_one = matches!(parts.next(), Some(Component::Normal(part)) if part == name);
    is_one && parts.next().is_none() && !name.contains('\0')
}

/// Reads a file of TOML.
///
/// # Errors
/// When it cannot be read or says something else.
fn read_toml<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let at = || format!("failed to read `{}`", path.display());
    let text = std::fs::read_to_string(path).with_context(at)?;
    toml::from_str(&text).with_context(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_names_are_the_folder_of_a_trial() {
        let runs = Path::new("runs");
        let sound = trial_folder(runs, "small/grid/first");
        assert_eq!(sound, Some(runs.join("small/grid/first")));
        for other in [
            "",
            "first",
            "small/grid",
            "small/grid/first/more",
            "../victim",
            "../../victim",
            "small/../victim",
            "small/grid/..",
            "small//first",
            "small/grid/",
            "/small/grid",
            "./grid/first",
            ".trash/doctor/first",
            "small/.grid/first",
            "small/grid/fi\0rst",
        ] {
            assert_eq!(trial_folder(runs, other), None, "{other:?}");
        }
        assert!(is_file_name("model.safetensors"));
        for other in ["", ".", "..", "../victim", "/victim", "a/b", "a/", "./a"] {
            assert!(!is_file_name(other), "{other:?}");
        }
    }
}
