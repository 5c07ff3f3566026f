//! The datasets of a folder, by what they contain.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use fitroom_data::Dataset;
use fitroom_domain::{DatasetKey, Fingerprint};

use crate::choose_dataset;

/// The datasets in a folder; the one that was asked for last stays in memory.
pub(crate) struct DatasetShelf {
    datasets: PathBuf,
    found: Option<Vec<(Fingerprint, PathBuf)>>,
    loaded: Option<Dataset>,
}

impl DatasetShelf {
    /// The datasets in this folder.
    pub(crate) fn new(datasets: &Path) -> DatasetShelf {
        DatasetShelf {
            datasets: datasets.to_owned(),
            found: None,
            loaded: None,
        }
    }

    /// With the dataset in one more folder, which may lie anywhere.
    pub(crate) fn of_folder(
        datasets: &Path,
        fingerprint: Fingerprint,
        folder: &Path,
    ) -> DatasetShelf {
        let mut found = vec![(fingerprint, folder.to_owned())];
        found.extend(choose_dataset::fingerprints(datasets));
        DatasetShelf {
            found: Some(found),
            ..DatasetShelf::new(datasets)
        }
    }

    /// With a dataset that is loaded already.
    pub(crate) fn with(datasets: &Path, loaded: Dataset) -> DatasetShelf {
        DatasetShelf {
            loaded: Some(loaded),
            ..DatasetShelf::new(datasets)
        }
    }

    /// The dataset with this content, whatever it is called by now; `None` if there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn get(&mut self, key: &DatasetKey) -> anyhow::Result<Option<&Dataset>> {
        let is_wanted = |dataset: &Dataset| dataset.fingerprint == key.fingerprint;
        if !self.loaded.as_ref().is_some_and(is_wanted) {
            let found =
                (self.found).get_or_insert_with(|| choose_dataset::fingerprints(&self.datasets));
            let folder = found.iter().find(|found| found.0 == key.fingerprint);
            let Some((_, folder)) = folder else {
                return Ok(None);
            };
            self.loaded = None;
            let shown = folder.display();
            let dataset = Dataset::load(folder).with_context(|| format!("`{shown}`"))?;
            if !is_wanted(&dataset) {
                let (found, expected) = (&dataset.fingerprint, &key.fingerprint);
                return Err(anyhow!(
                    "`{shown}` has become the dataset {found}, expected {expected}"
                ));
            }
            self.loaded = Some(dataset);
        }
        Ok(self.loaded.as_ref())
    }
}
