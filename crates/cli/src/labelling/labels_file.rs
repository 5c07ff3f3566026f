//! The CSV of labels.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use super::labeller::LabelledPhotograph;

/// The last headings of every file.
const LAST_HEADINGS: [&str; 2] = ["joint_probability", "needs_review"];

/// Whether a file that begins so is one of ours.
pub(crate) fn is_labels_file(start: &str) -> bool {
    let heading = start.lines().next().unwrap_or_default();
    heading.starts_with("path,") && heading.ends_with(&LAST_HEADINGS.join(","))
}

/// A CSV that is being written under another name until it is complete.
pub(crate) struct LabelsFile {
    path: PathBuf,
    partial: PathBuf,
    rows: csv::Writer<BufWriter<File>>,
}

impl LabelsFile {
    /// Begins the file with a heading for each column.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn create(path: &Path, columns: &[String]) -> anyhow::Result<LabelsFile> {
        let mut name = path.file_name().context("it has no name")?.to_owned();
        name.push(".partial");
        let partial = path.with_file_name(name);
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            fs::create_dir_all(folder)?;
        }
        let mut heading = vec!["path".to_owned()];
        for column in columns {
            heading.push(column.clone());
            heading.push(format!("{column}_probability"));
        }
        heading.extend(LAST_HEADINGS.map(str::to_owned));
        let mut distinct = BTreeSet::new();
        if let Some(twice) = heading.iter().find(|it| !distinct.insert(*it)) {
            return Err(anyhow!(
                "two columns would be called `{twice}`, one of them a label column of the models"
            ));
        }
        let file = File::create(&partial)?;
        let mut rows = csv::Writer::from_writer(BufWriter::new(file));
        rows.write_record(&heading)?;
        Ok(LabelsFile {
            path: path.to_owned(),
            partial,
            rows,
        })
    }

    /// Adds a photograph. What has no label is empty.
    pub(crate) fn add(
        &mut self,
        photograph: &LabelledPhotograph,
        needs_review: bool,
    ) -> anyhow::Result<()> {
        let mut fields = vec![photograph.path.clone()];
        for label in &photograph.labels {
            let (label, probability) = match label {
                Some((label, probability)) => (label.clone(), format!("{probability:.6}")),
                None => (String::new(), String::new()),
            };
            fields.extend([label, probability]);
        }
        fields.push(format!("{:.6}", photograph.joint));
        fields.push(needs_review.to_string());
        Ok(self.rows.write_record(&fields)?)
    }

    /// Puts the complete file in its place.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        let at = || format!("failed to write `{}`", self.path.display());
        self.rows.flush().with_context(at)?;
        let synced = File::open(&self.partial).and_then(|file| file.sync_all());
        let placed = synced.and_then(|()| fs::rename(&self.partial, &self.path));
        placed.with_context(at)
    }
}

impl Drop for LabelsFile {
    fn drop(&mut self) {
        // Once the file is complete it has another name.
        let _ = fs::remove_file(&self.partial);
    }
}
