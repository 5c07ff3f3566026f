//! `fitroom sweep --plan`: what a sweep will take, without running it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use fitroom_data::Dataset;
use fitroom_domain::keep::{Keep, TOP};
use fitroom_domain::{EpochMetrics, Trial, TrialId, TrialState};
use fitroom_store::TrialRow;
use fitroom_sweep::pruning::{Candidate, Curve};

use super::planned_sweep::{How, PlannedSweep};
use super::run_sweep::candidate;
use crate::database::Database;
use crate::exit::Failure;
use crate::output;
use crate::planning::{Probe, Wanted, disk, makespan};
use crate::sweeping::{duration, gibibytes, memory_taken};

/// Finished trials of the task from which a usual number of epochs is taken.
const ENOUGH: usize = 3;

/// What the database knows.
#[derive(Default)]
struct Known {
    /// All trials.
    rows: HashMap<TrialId, TrialRow>,
    /// The curves of those that this sweep has had, by their keys.
    curves: BTreeMap<i64, Vec<EpochMetrics>>,
    /// How many of them get their weights back.
    without_weights: usize,
}

impl PlannedSweep {
    /// Prints how many trials there are to train, and the time, memory and disk that they will take.
    pub(super) fn show(&self, dataset: &Dataset, runs: &Path, how: How) -> Result<(), Failure> {
        let Known {
            rows: known,
            curves,
            without_weights,
        } = match Database::open_to_read(runs)? {
            None => Known::default(),
            Some(database) => self.known(&database, how)?,
        };
        let candidates = self
            .trials
            .iter()
            .map(|trial| match known.get(&trial.id()) {
                Some(row) => candidate(row, curves.get(&row.key).map_or(&[], Vec::as_slice)),
                None => Some(Candidate {
                    curve: Curve::new(&[]),
                    ended: false,
                }),
            });
        let lost_at = self.round(&candidates.collect::<Vec<_>>()).lost_at;
        let (mut finished, mut reused, mut failed, mut running, mut pruned) = (0, 0, 0, 0, 0);
        let mut to_do: Vec<&Trial> = Vec::new();
        for (trial, lost_at) in self.trials.iter().zip(lost_at) {
            match known.get(&trial.id()) {
                Some(row) if lost_at.is_some() && row.state != TrialState::Finished => pruned += 1,
                Some(row) => match row.state {
                    TrialState::Finished | TrialState::Diverged => {
                        finished += 1;
                        reused += usize::from(row.sweep != self.sweep.name);
                    }
                    // Tried again as long as it may be.
                    TrialState::Failed if row.failures < self.sweep.attempts => to_do.push(trial),
                    TrialState::Failed => failed += 1,
                    TrialState::Running => {
                        running += 1;
                        to_do.push(trial);
                    }
                    TrialState::Planned => to_do.push(trial),
                },
                None => to_do.push(trial),
            }
        }
        let mut counts = format!("{} to do", to_do.len());
        if finished > 0 {
            counts += &format!(", {finished} finished");
        }
        if reused > 0 {
            counts += &format!(" ({reused} of them by other sweeps)");
        }
        if running > 0 {
            counts += &format!(", {running} of those to do in training now");
        }
        if without_weights > 0 {
            counts += &format!(", {without_weights} to train again for their removed weights");
        }
        if pruned > 0 {
            counts += &format!(", {pruned} pruned");
        }
        if failed > 0 {
            counts += &format!(", {failed} failed (`--retry` tries them again)");
        }
        let mut rows = vec![("trials", format!("{}: {counts}", self.trials.len()))];
        if !to_do.is_empty() {
            let usual = self.usual_epochs(known.values());
            let busy = known.values().any(|row| row.state == TrialState::Running);
            if busy {
                output::message(
                    "trials are in training now: what is measured beside them is slower",
                );
            }
            rows.extend(self.costs(&to_do, dataset, runs, how, (usual, busy))?);
        }
        output::data(&format!("{} on {}", self.sweep.name, dataset.name))?;
        for (name, text) in rows {
            output::data(&format!("  {name:<7} {text}"))?;
        }
        Ok(())
    }

    /// Time, memory and disk that these trials will take.
    fn costs(
        &self,
        to_do: &[&Trial],
        dataset: &Dataset,
        runs: &Path,
        how: How,
        (usual, busy): (Option<f64>, bool),
    ) -> anyhow::Result<Vec<(&'static str, String)>> {
        let workers = self.workers(how, to_do.iter().copied());
        let probe = Probe {
            dataset,
            rows: &self.rows,
            summary: &self.summary,
            engine: how.engine,
            workers,
            busy,
        };
        let memory = memory_taken(workers, self.peaks(how.engine, to_do.iter().copied()));
        let paces = probe.measure(to_do, runs)?;
        let settings = &self.sweep.train;
        let batch = (settings.batch_size as usize).min(self.rows.train.len());
        let steps = self.rows.train.len().div_ceil(batch) as f64;
        let epochs: Vec<f64> = to_do
            .iter()
            .filter_map(|trial| self.summary.network(&trial.hyperparameters).ok())
            .map(|network| {
                let pace = paces.of(network.multiply_adds() as f64);
                steps * pace.step + self.rows.validation.len() as f64 * pace.prediction
            })
            .collect();
        let forecast = |epochs: f64| match &self.sweep.prune {
            None => (epochs, 0),
            Some(halving) => halving.forecast(to_do.len(), epochs, settings.epochs as usize),
        };
        let total = |count: f64| {
            let (count, _) = forecast(count);
            let seconds: Vec<f64> = epochs.iter().map(|epoch| count * epoch).collect();
            duration(makespan(&seconds, workers))
        };
        // Early stopping waits this long, and the first epoch never ends training.
        let (least, most) = (
            settings
                .epochs
                .min(settings.patience.saturating_add(1).max(2)),
            settings.epochs,
        );
        let each = match self.sweep.prune {
            None => "each",
            Some(_) => "those that are not pruned",
        };
        let mut time = match least == most {
            true => format!("{} for {most} epochs of {each}", total(f64::from(most))),
            false => format!(
                "{} to {}, for {least} to {most} epochs of {each}",
                total(f64::from(least)),
                total(f64::from(most))
            ),
        };
        time += &format!("; {workers} at a time");
        if let Some(usual) = usual {
            time += &format!(
                "\n          about {} with {usual:.1} epochs, as others of this task took",
                total(usual)
            );
        }
        let (longest, pruned) = forecast(f64::from(most));
        let wanted = Wanted {
            weights: match self.sweep.keep {
                Keep::All => to_do.len(),
                Keep::Top => TOP,
            },
            in_training: workers.get(),
            pruned,
        };
        let disk = disk(
            to_do,
            &self.summary,
            longest,
            wanted,
            self.sweep.tensorboard,
        );
        let disk = format!(
            "up to {}, and {} more while trials are in training",
            output::megabytes(disk.kept),
            output::megabytes(disk.in_training)
        );
        Ok(vec![
            ("time", time),
            ("memory", format!("{} at the peak", gibibytes(memory))),
            ("disk", disk),
        ])
    }

    fn known(&self, database: &Database, how: How) -> Result<Known, Failure> {
        let store = database.store();
        let rows = database.wait(store.trials())?.into_iter();
        let rows: HashMap<TrialId, TrialRow> = rows.map(|row| (row.id.clone(), row)).collect();
        let first = self.trials.first();
        let sweeps = database.wait(store.sweeps())?;
        let sweep = sweeps.iter().find(|sweep| {
            sweep.name == self.sweep.name
                && first.is_some_and(|trial| {
                    let asked = sweep.question().map(|task| &task.definition);
                    sweep.fingerprint == trial.dataset.fingerprint
                        && asked == Some(&trial.task.definition)
                })
        });
        let Some(sweep) = sweep else {
            return Ok(Known {
                rows,
                ..Known::default()
            });
        };
        let planned = self.trials.iter().filter_map(|trial| rows.get(&trial.id()));
        let planned: Vec<i64> = planned.map(|row| row.key).collect();
        Ok(Known {
            curves: database.wait(store.curves(sweep.key))?,
            without_weights: self.to_restore((sweep.key, &planned), database, how)?.len(),
            rows,
        })
    }

    /// The mean epochs of the finished trials of the same task on the same photographs, if there are enough.
    fn usual_epochs<'r>(&self, known: impl Iterator<Item = &'r TrialRow>) -> Option<f64> {
        let first = self.trials.first()?;
        let alike = |row: &&TrialRow| {
            row.ours().is_some_and(|trial| {
                trial.dataset.fingerprint == first.dataset.fingerprint
                    && trial.task.definition == first.task.definition
                    && trial.train.epochs == first.train.epochs
                    && trial.train.patience == first.train.patience
            })
        };
        let epochs: Vec<f64> = known
            .filter(alike)
            .filter_map(|row| Some(f64::from(row.figures?.epochs?)))
            .collect();
        (epochs.len() >= ENOUGH).then(|| epochs.iter().sum::<f64>() / epochs.len() as f64)
    }
}
