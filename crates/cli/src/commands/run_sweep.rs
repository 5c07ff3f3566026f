//! Runs a planned sweep to its results: in one round or, where trials are pruned, in one for each rung.

use std::collections::{BTreeMap, HashSet};
use std::num::NonZeroUsize;
use std::sync::Mutex;

use fitroom_data::Dataset;
use fitroom_domain::{Trial, TrialState};
use fitroom_store::{Owner, Queue, Registered, TrialRow};
use fitroom_sweep::pruning::{Candidate, Curve, Round};

use super::planned_sweep::{How, PlannedSweep};
use super::sweep_results::{best_first, list_failures, print_best};
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output;
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
        let workers = self.workers(how, open.map(|row| &row.trial));
        self.announce(site.dataset, &known, workers);
        while !round.trials.is_empty() {
            if let Some(epoch) = round.until {
                let count = round.trials.len();
                output::message(&format!("{count} trials up to epoch {epoch}"));
            }
            self.train(&round, registered, site, (how, workers))?;
            if round.until.is_none() || interrupt.asked() {
                break;
            }
            round = self.next_round(registered, database)?;
        }
        let rows = self.rows_of_plan(database, registered)?;
        if let Some(pruned) = pruned(&rows) {
            output::message(&pruned);
        }
        let failed = list_failures(&rows);
        let open = rows.iter().filter(|row| row.is_open()).count();
        let (changed, without_weights) = match interrupt.asked() {
            true => (0, 0),
            false => self.restore_weights(registered, site, how)?,
        };
        // Whoever asks to stop after the last trial has ended interrupts nothing.
        let left = open + without_weights;
        if left > 0 && interrupt.asked() {
            output::message(&format!(
                "interrupted with {left} of {} trials to do; the same command goes on",
                rows.len()
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
        let rows = self.rows_of_plan(database, registered)?;
        let round = match &self.sweep.prune {
            None => Round {
                until: None,
                trials: places(&rows, |row| {
                    matches!(row.state, TrialState::Planned | TrialState::Running)
                }),
                lost_at: vec![None; rows.len()],
            },
            Some(halving) => {
                let curves = database.wait(database.store().curves(registered.sweep))?;
                let candidate = |row: &TrialRow| {
                    let competes = !matches!(row.state, TrialState::Failed | TrialState::Diverged);
                    competes.then(|| Candidate {
                        curve: Curve::new(curves.get(&row.key).map_or(&[], Vec::as_slice)),
                        ended: row.state == TrialState::Finished,
                    })
                };
                let candidates: Vec<_> = rows.iter().map(candidate).collect();
                halving.next(&candidates, self.sweep.train.epochs as usize)
            }
        };
        let keys = rows.iter().map(|row| row.key);
        let pruned = keys.zip(round.lost_at.iter().copied());
        database.wait(database.store().prune(registered.sweep, pruned))?;
        Ok(ToTrain {
            until: round.until,
            trials: round.trials.iter().map(|place| rows[*place].key).collect(),
        })
    }

    /// Trains the trials of a round.
    fn train(
        &self,
        round: &ToTrain,
        registered: &Registered,
        site: &Site<'_>,
        (how, workers): (How, NonZeroUsize),
    ) -> Result<(), Failure> {
        let planned = registered.trials.iter().copied().zip(&self.trials);
        let to_do: Vec<(i64, &Trial)> = planned
            .filter(|(key, _)| round.trials.contains(key))
            .collect();
        let costs = to_do.iter().map(|(_, trial)| cost(&self.summary, trial));
        let known = self.rows_of_plan(site.database, registered)?;
        let best = best_first(known).into_iter().next().and_then(|row| {
            let accuracy = row.figures?.accuracy;
            Some((row.name, accuracy))
        });
        let all = match round.until {
            Some(_) => to_do.len(),
            None => self.trials.len(),
        };
        let progress = Progress::new(all, all - to_do.len(), costs.sum(), best, workers.get());
        let queue = Queue::new(registered.sweep, to_do.iter().map(|(key, _)| *key));
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

/// The places of the rows that are so.
fn places(rows: &[TrialRow], is_so: impl Fn(&TrialRow) -> bool) -> Vec<usize> {
    let placed = rows.iter().enumerate();
    placed
        .filter(|(_, row)| is_so(row))
        .map(|(place, _)| place)
        .collect()
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
