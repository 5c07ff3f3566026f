//! Runs a planned sweep to its results: in one round or, where trials are pruned, in one for each rung.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::num::NonZeroUsize;
use std::sync::Mutex;

use fitroom_data::Dataset;
use fitroom_domain::{EpochMetrics, Trial, TrialState};
use fitroom_store::{Owner, Queue, Registered, TrialRow};
use fitroom_sweep::pruning::{Candidate, Curve, Round};

use super::planned_sweep::{How, PlannedSweep};
use super::sweep_results::{best_first, list_failures, print_best};
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output;
use crate::run_folder::ProvenanceFile;
use crate::sweeping::{Progress, Sweeping, cost, sweep_up};

/// Where a sweep is run.
pub(crate) struct Site<'a> {
    pub(crate) database: &'a Database,
    pub(crate) owner: &'a Owner,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) dataset: &'a Dataset,
}

/// The trials of a round.
struct ToTrain {
    /// The epoch after which they wait for the others; `None`: they are trained to their ends.
    until: Option<u32>,
    /// Their keys.
    trials: HashSet<i64>,
    /// The best trial of the plan so far, with its accuracy.
    best: Option<(String, f64)>,
}

impl PlannedSweep {
    /// Trains what is not trained yet and prints the results.
    pub(crate) fn run(
        &self,
        registered: &Registered,
        site: &Site<'_>,
        how: How,
    ) -> Result<Exit, Failure> {
        let Site {
            database,
            interrupt,
            ..
        } = site;
        let mut round = self.next_round(registered, database)?;
        let known = self.rows_of_plan(database, registered)?;
        sweep_up(database, &known);
        let open = known.iter().filter(|row| row.is_open());
        let workers = self.workers(how, open.filter_map(TrialRow::ours));
        self.announce(site.dataset, &known, workers);
        while !round.trials.is_empty() {
            if let Some(epoch) = round.until {
                let (count, all) = (round.trials.len(), known.len());
                output::message(&format!("up to epoch {epoch}: {count} of {all} trials"));
            }
            self.train(round, registered, site, (how, workers))?;
            if self.sweep.prune.is_none() {
                break;
            }
            round = self.next_round(registered, database)?;
            if interrupt.asked() {
                break;
            }
        }
        let rows = self.rows_of_plan(database, registered)?;
        if let Some(pruned) = pruned(&rows) {
            output::message(&pruned);
        }
        let failed = list_failures(&rows);
        let open = rows.iter().filter(|row| row.is_open()).count();
        let (changed, without_weights) = match interrupt.asked() {
            true => (
                0,
                self.to_restore((registered.sweep, &registered.trials), database, how)?
                    .len(),
            ),
            false => self.restore_weights(registered, site, how)?,
        };
        // Whoever asks to stop after the last trial has ended interrupts nothing.
        if open + without_weights > 0 && interrupt.asked() {
            let what = match open {
                0 => format!(
                    "{without_weights} of {} trials without their weights",
                    rows.len()
                ),
                _ => format!("{open} of {} trials to do", rows.len()),
            };
            output::message(&format!(
                "interrupted with {what}; the same command goes on"
            ));
            return Ok(Exit::Interrupted);
        }
        if open > 0 {
            output::message(&format!(
                "another process wants {open} trials tried again; the same command waits for them"
            ));
        }
        print_best(&rows, self.sweep.seeds.len())?;
        Ok(match failed + changed + open {
            0 => Exit::Well,
            _ => Exit::PartFailed,
        })
    }

    /// What is to be trained next. What has lost so far is written down.
    fn next_round(&self, registered: &Registered, database: &Database) -> Result<ToTrain, Failure> {
        let store = database.store();
        database.wait(store.free_the_dead(registered.sweep))?;
        let rows = self.rows_of_plan(database, registered)?;
        let best = best_first(rows.clone()).into_iter().next();
        let rows: HashMap<i64, TrialRow> = rows.into_iter().map(|row| (row.key, row)).collect();
        let curves = match self.sweep.prune {
            Some(_) => database.wait(store.curves(registered.sweep))?,
            None => BTreeMap::new(),
        };
        // A trial that was removed meanwhile is of no concern.
        let candidates = registered.trials.iter().map(|key| {
            let curve = curves.get(key).map_or(&[][..], Vec::as_slice);
            candidate(rows.get(key)?, curve)
        });
        let round = self.round(&candidates.collect::<Vec<_>>());
        let trials: HashSet<i64> = round
            .trials
            .iter()
            .map(|place| registered.trials[*place])
            .collect();
        // Rungs that not all have reached yet may have been judged before; what they said stays.
        let is_known = |(key, lost_at): &(i64, Option<u32>)| {
            lost_at.is_some() || round.until.is_none() || trials.contains(key)
        };
        let lost = registered
            .trials
            .iter()
            .copied()
            .zip(round.lost_at.iter().copied());
        database.wait(store.prune(registered.sweep, lost.filter(is_known)))?;
        Ok(ToTrain {
            until: round.until,
            trials,
            best: best.and_then(|row| Some((row.name, row.figures?.accuracy))),
        })
    }

    /// What is to be trained next of these trials of the plan; `None` stands for one without a result to come.
    pub(super) fn round(&self, trials: &[Option<Candidate>]) -> Round {
        match &self.sweep.prune {
            Some(halving) => halving.next(trials, self.sweep.train.epochs as usize),
            None => Round {
                until: None,
                trials: (0..trials.len())
                    .filter(|place| trials[*place].as_ref().is_some_and(|trial| !trial.ended))
                    .collect(),
                lost_at: vec![None; trials.len()],
            },
        }
    }

    /// Trains the trials of a round.
    fn train(
        &self,
        round: ToTrain,
        registered: &Registered,
        site: &Site<'_>,
        (how, workers): (How, NonZeroUsize),
    ) -> Result<(), Failure> {
        let planned = registered.trials.iter().copied().zip(&self.trials);
        let to_do: Vec<(i64, &Trial)> = planned
            .filter(|(key, _)| round.trials.contains(key))
            .collect();
        let costs = to_do.iter().map(|(_, trial)| cost(&self.summary, trial));
        let all = match round.until {
            Some(_) => to_do.len(),
            None => self.trials.len(),
        };
        let progress = Progress::new(
            all,
            all - to_do.len(),
            costs.sum(),
            round.best,
            workers.get(),
        );
        let keys = to_do.iter().map(|(key, _)| *key);
        let queue = Queue::new(registered.sweep, keys).of_run(registered.run_key);
        let ended = Sweeping {
            database: site.database,
            owner: site.owner,
            interrupt: site.interrupt,
            dataset: site.dataset,
            rows: &self.rows,
            summary: &self.summary,
            sweep: &self.sweep,
            engine: how.engine,
            checkpoint_every: how.checkpoint_every,
            key: registered.sweep,
            provenance: ProvenanceFile {
                sweep: self.sweep.name.clone(),
                dataset: site.dataset.name.clone(),
                run: registered.run.clone(),
            },
            trials: to_do
                .into_iter()
                .map(|(key, trial)| (key, trial.clone()))
                .collect(),
            queue: Mutex::new(queue.until(round.until)),
            until: round.until,
            progress: &progress,
        }
        .run(workers);
        progress.close();
        Ok(ended?)
    }
}

/// A trial as pruning sees it; `None` if it ended without a result.
pub(super) fn candidate(row: &TrialRow, curve: &[EpochMetrics]) -> Option<Candidate> {
    let competes = !matches!(row.state, TrialState::Failed | TrialState::Diverged);
    competes.then(|| Candidate {
        curve: Curve::new(curve),
        ended: row.state == TrialState::Finished,
    })
}

/// How many trials were pruned, and where; `None` if none was.
fn pruned(rows: &[TrialRow]) -> Option<String> {
    let mut by_epoch: BTreeMap<u32, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.is_pruned()) {
        *by_epoch.entry(row.pruned_after?).or_default() += 1;
    }
    let all: usize = by_epoch.values().sum();
    let parts: Vec<String> = by_epoch
        .into_iter()
        .map(|(epoch, count)| format!("{count} after epoch {epoch}"))
        .collect();
    (all > 0).then(|| {
        format!(
            "{all} of {} trials pruned: {}",
            rows.len(),
            parts.join(", ")
        )
    })
}
