//! Keeps selected models, as every command does that uses them.

use std::collections::HashMap;
use std::path::Path;

use fitroom_data::read_manifest;
use fitroom_domain::Fingerprint;

use crate::arguments::Places;
use crate::database::Database;
use crate::exit::{Failure, OrInput};
use crate::models::{DatasetShelf, Keeper, Keeping, KeptModel, Selected, Selector};
use crate::output;

/// A selected trial, and where its model lies.
pub(crate) struct Kept {
    pub(crate) selected: Selected,
    pub(crate) keeping: Keeping,
}

/// Keeps the models of these tasks; what cannot be kept is said.
pub(crate) fn keep_all(
    keeper: &Keeper<'_>,
    shelf: &mut DatasetShelf,
    selected: Vec<Selected>,
) -> Result<Vec<Kept>, Failure> {
    let mut kept: Vec<Kept> = Vec::with_capacity(selected.len());
    let mut taken: HashMap<(String, String), Fingerprint> = HashMap::new();
    for selected in by_age(selected) {
        let keeping = match selected.question() {
            Some((dataset, task)) => {
                let place = (dataset.name.clone(), task.name.clone());
                match taken.get(&place) {
                    // What was asked last has the place.
                    Some(other) if *other == dataset.fingerprint => Keeping::Superseded(format!(
                        "`{}` was asked in another way since",
                        task.name
                    )),
                    Some(_) => Keeping::Superseded(format!(
                        "another dataset called `{}` was used since",
                        dataset.name
                    )),
                    None => {
                        taken.insert(place, dataset.fingerprint);
                        keeper.keep(&selected, shelf)?
                    }
                }
            }
            None => keeper.keep(&selected, shelf)?,
        };
        let why = match &keeping {
            Keeping::NotKept(why) | Keeping::Superseded(why) => Some(why),
            Keeping::Kept { .. } => None,
        };
        if let (Some(why), false) = (why, selected.row.trial.is_imported()) {
            let (task, dataset) = (selected.row.trial.task(), selected.dataset());
            output::message(&format!(
                "{task} on {dataset}: the model is not kept: {why}"
            ));
        }
        kept.push(Kept { selected, keeping });
    }
    kept.sort_by(|a, b| a.selected.order().cmp(&b.selected.order()));
    Ok(kept)
}

/// The models of the tasks of the dataset in `folder`, brought up to date; none if no trial has finished.
pub(crate) fn keep_models_of(
    places: &Places,
    keeper: &Keeper<'_>,
    folder: &Path,
) -> Result<Vec<KeptModel>, Failure> {
    let fingerprint = read_manifest(folder).or_input()?.fingerprint;
    let Some(database) = Database::open_to_read(&places.runs)? else {
        return Ok(Vec::new());
    };
    let selector = Selector {
        places,
        database: &database,
    };
    let mut selected = selector.select()?;
    selected.retain(|it| it.row.fingerprint == fingerprint);
    let mut shelf = DatasetShelf::of_folder(&places.datasets, fingerprint, folder);
    let kept = keep_all(keeper, &mut shelf, selected)?;
    let models = kept.into_iter().filter_map(|it| match it.keeping {
        Keeping::Kept { model, .. } => Some(*model),
        Keeping::NotKept(_) | Keeping::Superseded(_) => None,
    });
    Ok(models.collect())
}

/// Those whose sweeps ran last come first.
fn by_age(mut selected: Vec<Selected>) -> Vec<Selected> {
    let run_at = |it: &Selected| it.asked.as_ref().map(|sweep| sweep.run_at.clone());
    selected.sort_by_key(|it| std::cmp::Reverse(run_at(it)));
    selected
}
