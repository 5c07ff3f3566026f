//! What the index of all reports shows, by dataset and task.

use std::collections::{BTreeMap, BTreeSet};

use fitroom_domain::Fingerprint;
use fitroom_report::{IndexDataset, IndexSweep, IndexTask};
use fitroom_store::{SweepCounts, SweepRecord, TaskKey, TrialRow};

use super::observed_sweep::{key, report_row, source};
use super::test_report::ObservedModel;
use crate::commands::best::best_of_each;
use crate::database::Database;

/// The datasets of the index, with the pages of their `routes`. Of each sweep only counts are read, and of each task its
/// best trials.
pub(super) fn index_datasets(
    database: &Database,
    sweeps: &[SweepRecord],
    paths: &[String],
    routes: &BTreeMap<(&String, &Fingerprint), String>,
) -> anyhow::Result<Vec<IndexDataset>> {
    let store = database.store();
    let counts = database.wait(store.sweep_counts())?;
    let finished = database.wait(store.finished_of_tasks())?;
    let evaluations = database.wait(store.evaluations())?;
    let best = best_of_each(database.wait(store.most_accurate_trials())?);
    let mut best: BTreeMap<TaskKey, TrialRow> = best
        .into_iter()
        .map(|row| ((row.fingerprint.clone(), row.definition.clone()), row))
        .collect();
    let mut datasets: BTreeMap<(&String, &Fingerprint), IndexDataset> = BTreeMap::new();
    let mut done: BTreeSet<TaskKey> = BTreeSet::new();
    for sweep in sweeps {
        let task = (sweep.fingerprint.clone(), sweep.definition.clone());
        if !done.insert(task.clone()) {
            continue;
        }
        let of_task = sweeps.iter().zip(paths).filter(|(other, _)| {
            other.fingerprint == sweep.fingerprint && other.definition == sweep.definition
        });
        let of_task = of_task.map(|(other, path)| {
            let counts = counts.get(&other.key).copied().unwrap_or_default();
            index_sweep(other, path, counts)
        });
        datasets
            .entry((&sweep.dataset, &sweep.fingerprint))
            .or_insert_with(|| IndexDataset {
                name: sweep.dataset.clone(),
                fingerprint: sweep.summary().map(|_| sweep.fingerprint.clone()),
                tasks: Vec::new(),
                routes: routes.get(&(&sweep.dataset, &sweep.fingerprint)).cloned(),
            })
            .tasks
            .push(IndexTask {
                task: sweep.task.clone(),
                validated: source(sweep).validated(),
                photographs: (sweep.summary()).map(|summary| summary.photographs.validation),
                leak_warning: sweep.summary().and_then(|summary| summary.leak_warning()),
                best: best.remove(&task).map(|row| report_row(&row, sweep)),
                test: sweep.question().and_then(|question| {
                    let asked = (question, sweep.definition.as_str());
                    ObservedModel::observe(store.runs(), &key(sweep), asked, &evaluations).index()
                }),
                finished: finished.get(&task).copied().unwrap_or_default(),
                sweeps: of_task.collect(),
            });
    }
    Ok(datasets.into_values().collect())
}

fn index_sweep(sweep: &SweepRecord, path: &str, counts: SweepCounts) -> IndexSweep {
    IndexSweep {
        name: sweep.name.clone(),
        path: path.to_owned(),
        finished: counts.finished,
        pruned: counts.pruned,
        total: counts.wanted,
    }
}
