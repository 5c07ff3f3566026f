//! `fitroom data import-npz`: photographs and codes in `.npz` files become a dataset.

use anyhow::anyhow;
use fitroom_data::{Manifest, NpzSet, import_npz, read_npz_sets};
use fitroom_domain::Split;

use super::new_dataset;
use crate::arguments::ImportNpzArguments;
use crate::exit::{Exit, Failure, OrInput};
use crate::output;

pub(crate) fn run(arguments: &ImportNpzArguments) -> Result<Exit, Failure> {
    let out = &arguments.out;
    let name = new_dataset::name(out)?;
    let outcome = import_npz(&sets(arguments)?, name).or_input()?;
    outcome.dataset.save(out)?;

    for (path, arrays) in &outcome.unnamed {
        let arrays: Vec<String> = arrays.iter().map(|array| format!("`{array}`")).collect();
        output::message(&format!(
            "`{}`: left out {}, which the names file does not name",
            path.display(),
            arrays.join(", ")
        ));
    }
    let splits = Manifest::of(&outcome.dataset).splits;
    for split in [Split::Train, Split::Validation] {
        if splits.of(split) == 0 {
            output::message(&format!(
                "warning: there are no {split} photographs, and no task can be trained without"
            ));
        }
    }
    output::message(&new_dataset::summary(out, &outcome.dataset));
    Ok(Exit::Well)
}

/// The sets of files that are meant: those of a sets file, or the one of the command line.
fn sets(arguments: &ImportNpzArguments) -> Result<Vec<NpzSet>, Failure> {
    let names = match (&arguments.sets, &arguments.names) {
        (Some(sets), _) => return read_npz_sets(sets).or_input(),
        (None, Some(names)) => names,
        (None, None) => return Err(anyhow!("neither `--names` nor `--sets` is given")).or_input(),
    };
    let files = [
        (Split::Train, &arguments.train),
        (Split::Validation, &arguments.validation),
        (Split::Test, &arguments.test),
    ];
    Ok(vec![NpzSet {
        files: files
            .into_iter()
            .filter_map(|(split, file)| Some((split, file.clone()?)))
            .collect(),
        names: names.clone(),
        constants: arguments.constant.clone(),
    }])
}
