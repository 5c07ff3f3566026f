//! What the commands that make datasets have in common.

use std::path::Path;

use anyhow::anyhow;
use fitroom_data::{Dataset, check_can_be_written};

use crate::exit::{Failure, OrInput};

/// The name of the dataset that is to lie in `out`, where it can be written.
pub(crate) fn name(out: &Path) -> Result<&str, Failure> {
    let name = out
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| anyhow!("`{}` names no folder for a dataset", out.display()))
        .or_input()?;
    check_can_be_written(out).or_input()?;
    Ok(name)
}

/// What has been made, and where.
pub(crate) fn summary(out: &Path, dataset: &Dataset) -> String {
    format!(
        "{}: {} photographs, fingerprint {}",
        out.display(),
        dataset.len(),
        dataset.fingerprint.short()
    )
}
