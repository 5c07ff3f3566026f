//! Keeps selected models, as every command does that uses them.

use std::collections::HashSet;
use std::path::Path;

use fitroom_data::read_manifest;

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
    let mut taken = HashSet::new();
    for selected in by_age(selected) {
        let keeping = match selected.question() {
            // An older dataset of the same name must not push out the newer one's models.
            Some((dataset, task)) if !taken.insert((dataset.name.clone(), task.name.clone())) => {
                Keeping::NotKept(format!(
                    "another dataset called `{}` was used since, and its model is kept in this one's place",
                    dataset.name
                ))
            }
            _ => keeper.keep(&selected, shelf)?,
        };
        if let (Keeping::NotKept(why), false) = (&keeping, selected.row.trial.is_imported()) {
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
pub(crate) fn keep_models_of(places: &Places, folder: &Path) -> Result<Vec<KeptModel>, Failure> {
    let fingerprint = read_manifest(folder).or_input()?.fingerprint;
    let Some(database) = Database::open_existing(&places.runs)? else {
        return Ok(Vec::new());
    };
    let selector = Selector {
        places,
        database: &database,
    };
    let mut selected = selector.select()?;
    selected.retain(|it| it.row.fingerprint == fingerprint);
    let mut shelf = DatasetShelf::new(&places.datasets);
    let kept = keep_all(&Keeper::new(&places.runs)?, &mut shelf, selected)?;
    let models = kept.into_iter().filter_map(|it| match it.keeping {
        Keeping::Kept { model, .. } => Some(*model),
        Keeping::NotKept(_) => None,
    });
    Ok(models.collect())
}

/// Those whose sweeps ran last come first.
fn by_age(mut selected: Vec<Selected>) -> Vec<Selected> {
    let run_at = |it: &Selected| it.asked.as_ref().map(|sweep| sweep.run_at.clone());
    selected.sort_by_key(|it| std::cmp::Reverse(run_at(it)));
    selected
}
