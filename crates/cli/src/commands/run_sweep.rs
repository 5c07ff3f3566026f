//! Runs a planned sweep to its results: in one round or, where trials are pruned, in one for each rung.

use std::collections::BTreeMap;
use std::sync::Mutex;

use fitroom_data::Dataset;
use fitroom_domain::{Trial, TrialState, keep};
use fitroom_store::{Owner, Queue, Registered, TrialRow};
use fitroom_sweep::pruning::{Candidate, Curve, Round};
use fitroom_train::numerics;

use super::planned_sweep::{How, PlannedSweep};
use super::sweep_results::{best_first, list_failures, print_best};
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output;
use crate::sweeping::{Progress, RestoreLock, Restoring, Sweeping, cost, sweep_up};

/// Where a sweep is run.
pub(crate) struct Site<'a> {
    pub(crate) database: &'a Database,
    pub(crate) owner: &'a Owner,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) dataset: &'a Dataset,
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
        self.announce(site.dataset, &known, how);
        while !round.trials.is_empty() {
            if let Some(epoch) = round.until {
                let count = round.trials.len();
                output::message(&format!("{count} trials up to epoch {epoch}"));
            }
            self.train(&round, registered, site, how)?;
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

    /// Those of the plan's finished trials whose weights were removed, but are to be kept by now. That is judged over
    /// all plans of the sweep, as it is when weights are removed.
    fn lack_weights(
        &self,
        registered: &Registered,
        database: &Database,
    ) -> Result<Vec<TrialRow>, Failure> {
        let rows = database.wait(database.store().sweep_trials(registered.sweep))?;
        let best_first = best_first(rows);
        let keys: Vec<i64> = best_first.iter().map(|row| row.key).collect();
        let wanted = keep::wanted(self.sweep.keep, &keys);
        let is_wanted = |row: &TrialRow| {
            !row.weights_kept && wanted.contains(&row.key) && registered.trials.contains(&row.key)
        };
        Ok(best_first.into_iter().filter(is_wanted).collect())
    }

    /// Trains trials again that lack their weights. Counts those that did not come out as they were, and those that
    /// are left if somebody asks to stop.
    fn restore_weights(
        &self,
        registered: &Registered,
        site: &Site<'_>,
        how: How,
    ) -> Result<(usize, usize), Failure> {
        let numerics = numerics(how.engine, self.sweep.train.threads);
        let lack_weights = || self.lack_weights(registered, site.database);
        let others = lack_weights()?;
        let others = others
            .iter()
            .filter(|row| row.numerics.as_ref() != Some(&numerics));
        let others = others.count();
        if others > 0 {
            output::message(&format!(
                "weights of {others} trials were removed and stay so: this machine or version ({numerics}) \
                 would give others"
            ));
        }
        let again = || -> Result<Vec<TrialRow>, Failure> {
            let mut rows = lack_weights()?;
            rows.retain(|row| row.numerics.as_ref() == Some(&numerics));
            Ok(rows)
        };
        if again()?.is_empty() {
            return Ok((0, 0));
        }
        let runs = site.database.store().runs();
        let Some(_lock) = RestoreLock::take(runs, site.interrupt)? else {
            return Ok((0, again()?.len()));
        };
        let trials = again()?;
        let count = trials.len();
        if count == 0 {
            return Ok((0, 0));
        }
        output::message(&format!(
            "{count} trials are trained again: their weights were removed, and `keep` wants them now"
        ));
        let workers = self.workers(how, trials.iter().map(|row| &row.trial));
        let costs = trials.iter().map(|row| cost(&self.summary, &row.trial));
        let progress = Progress::new(count, 0, costs.sum(), None, workers.get());
        let failed = Restoring {
            database: site.database,
            interrupt: site.interrupt,
            dataset: site.dataset,
            rows: &self.rows,
            summary: &self.summary,
            engine: how.engine,
            progress: &progress,
        }
        .run(trials, workers);
        progress.close();
        let failed = failed?;
        Ok((failed, again()?.len().saturating_sub(failed)))
    }

    /// What is to be trained next, by the places in the plan. What has lost so far is written down.
    fn next_round(&self, registered: &Registered, database: &Database) -> Result<Round, Failure> {
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
        Ok(round)
    }

    /// Trains the trials of a round.
    fn train(
        &self,
        round: &Round,
        registered: &Registered,
        site: &Site<'_>,
        how: How,
    ) -> Result<(), Failure> {
        let of_place =
            |place: &usize| Some((*registered.trials.get(*place)?, self.trials.get(*place)?));
        let to_do: Vec<(i64, &Trial)> = round.trials.iter().filter_map(of_place).collect();
        let workers = self.workers(how, to_do.iter().map(|(_, trial)| *trial));
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
