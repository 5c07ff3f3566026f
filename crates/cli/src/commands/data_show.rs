//! `fitroom data show`: size, classes and counts of a dataset.

use fitroom_data::read_manifest;

use crate::arguments::{Places, ShowArguments};
use crate::choose_dataset;
use crate::exit::{Exit, Failure, OrInput};
use crate::output;

pub(crate) fn run(places: &Places, arguments: &ShowArguments) -> Result<Exit, Failure> {
    let folder = choose_dataset::named(&arguments.dataset, &places.datasets)?;
    let manifest = read_manifest(&folder).or_input()?;
    let name = folder
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    output::data(&format!(
        "{name}: {} photographs of {}×{} pixels (width × height)\nfingerprint: {}\nsource: {}\n\
         pictures: {}\nsplit: {}",
        manifest.photographs,
        manifest.width,
        manifest.height,
        manifest.fingerprint,
        manifest.origin.source,
        manifest.origin.preparation,
        manifest.origin.split,
    ))?;
    let counts = |column: &str, class: &str, train: usize, validation: usize, test: usize| {
        let all = train + validation + test;
        let mut row = vec![column.to_owned(), class.to_owned()];
        row.extend([train, validation, test, all].map(|count| count.to_string()));
        row
    };
    let splits = manifest.splits;
    let mut rows = vec![counts(
        "",
        "all",
        splits.train,
        splits.validation,
        splits.test,
    )];
    for column in &manifest.columns {
        let classes = column
            .classes
            .iter()
            .zip(&column.train)
            .zip(&column.validation)
            .zip(&column.test);
        for (((class, train), validation), test) in classes {
            rows.push(counts(&column.name, class, *train, *validation, *test));
        }
        let missing = column.missing;
        if missing.train + missing.validation + missing.test > 0 {
            let label = "(no label)";
            rows.push(counts(
                &column.name,
                label,
                missing.train,
                missing.validation,
                missing.test,
            ));
        }
    }
    let headings = ["column", "class", "train", "validation", "test", "all"];
    output::data(&output::table(&headings, &headings[2..], rows))?;
    Ok(Exit::Well)
}
