//! Gives trials their weights back that were removed and that a sweep keeps by now.

use fitroom_domain::keep;
use fitroom_store::{Registered, TrialRow};
use fitroom_train::numerics;

use super::planned_sweep::{How, PlannedSweep};
use super::run_sweep::Site;
use super::sweep_results::best_first;
use crate::database::Database;
use crate::exit::Failure;
use crate::output;
use crate::run_folder::WEIGHTS;
use crate::sweeping::{Progress, RestoreLock, Restoring, cost};

impl PlannedSweep {
    /// Those of the plan's finished trials whose weights were removed, but are to be kept by now. That is judged over
    /// all plans of the sweep (its key, and the keys of the newest plan), as it is when weights are removed.
    fn lack_weights(
        &self,
        (sweep, planned): (i64, &[i64]),
        database: &Database,
    ) -> Result<Vec<TrialRow>, Failure> {
        let rows = database.wait(database.store().sweep_trials(sweep))?;
        let best_first = best_first(rows);
        let keys: Vec<i64> = best_first.iter().map(|row| row.key).collect();
        let wanted = keep::wanted(self.sweep.keep, &keys);
        let runs = database.store().runs();
        let is_wanted = |row: &TrialRow| {
            let folder = row.folder.as_ref().map(|folder| runs.join(folder));
            // Somebody may have been killed between removing the file and recording that.
            let is_there = folder.is_some_and(|folder| folder.join(WEIGHTS).exists());
            !(row.weights_kept && is_there)
                && wanted.contains(&row.key)
                && planned.contains(&row.key)
        };
        Ok(best_first.into_iter().filter(is_wanted).collect())
    }

    /// Those of them that can come out as they were: on a CPU, with the numerics of then.
    pub(super) fn to_restore(
        &self,
        of: (i64, &[i64]),
        database: &Database,
        how: How,
    ) -> Result<Vec<TrialRow>, Failure> {
        let mut rows = self.lack_weights(of, database)?;
        rows.retain(|row| self.comes_out_alike(row, how));
        Ok(rows)
    }

    fn comes_out_alike(&self, row: &TrialRow, how: How) -> bool {
        let numerics = numerics(how.engine, self.sweep.train.threads);
        !how.engine.is_gpu() && row.numerics.as_ref() == Some(&numerics)
    }

    /// Trains trials again that lack their weights. Counts those that did not come out as they were, and those that
    /// are left if somebody asks to stop.
    pub(super) fn restore_weights(
        &self,
        registered: &Registered,
        site: &Site<'_>,
        how: How,
    ) -> Result<(usize, usize), Failure> {
        let of = (registered.sweep, registered.trials.as_slice());
        let again = || self.to_restore(of, site.database, how);
        let lacking = self.lack_weights(of, site.database)?;
        let alike = lacking.iter().filter(|row| self.comes_out_alike(row, how));
        let to_restore = alike.count();
        let others = lacking.len() - to_restore;
        if others > 0 {
            output::message(&format!(
                "removed weights that stay so, since this machine or version would give others: those of {others} \
                 of {} trials",
                registered.trials.len()
            ));
        }
        if to_restore == 0 {
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
            "trained again, for their weights were removed and `keep` wants them now: {count} of {} trials",
            registered.trials.len()
        ));
        let workers = self.workers(how, trials.iter().filter_map(TrialRow::ours));
        let ours = trials.iter().filter_map(TrialRow::ours);
        let costs = ours.map(|trial| cost(&self.summary, trial));
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
}
