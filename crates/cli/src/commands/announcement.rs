//! What is said of a sweep before it runs.

use std::num::NonZeroUsize;

use fitroom_data::Dataset;
use fitroom_domain::TrialState;
use fitroom_domain::keep::Keep;
use fitroom_store::TrialRow;

use super::planned_sweep::PlannedSweep;
use crate::output;

impl PlannedSweep {
    /// Says what there is to do, and what is wrong with it. `known` are its trials as they stand.
    pub(super) fn announce(
        &self,
        dataset: &Dataset,
        known: &[TrialRow],
        to_do: usize,
        workers: NonZeroUsize,
    ) {
        let photographs = self.summary.photographs;
        output::message(&format!(
            "{} on {}: {} classes, {} photographs to train on, {} to validate",
            self.sweep.name,
            dataset.name,
            self.summary.classes.len(),
            photographs.train,
            photographs.validation,
        ));
        if self.summary.left_out > 0 {
            let count = self.summary.left_out;
            output::message(&format!(
                "{count} photographs lack a label that the task needs: left out"
            ));
        }
        if let Some(warning) = self.summary.leak_warning() {
            let name = &dataset.name;
            output::message(&format!(
                "warning: {warning} (`fitroom data check {name}` shows them)"
            ));
        }
        let (all, trained) = (known.len(), count_in(known, TrialState::Finished));
        output::message(&match to_do {
            0 if trained == all => {
                format!("all {all} trials have been trained already: nothing to do")
            }
            0 => format!(
                "all {all} trials have ended already, {} of them without a result: nothing to do",
                all - trained
            ),
            _ if to_do < all => format!(
                "{all} trials, {} of them trained already; {workers} at a time",
                all - to_do
            ),
            1 => "1 trial".to_owned(),
            _ => format!("{all} trials; {workers} at a time"),
        });
        let dropped = known
            .iter()
            .filter(|row| row.state == TrialState::Finished && !row.weights_kept)
            .count();
        if self.sweep.keep == Keep::All && dropped > 0 {
            output::message(&format!(
                "{dropped} of them were trained when their weights were not wanted: those are gone, and \
                 only predictions and curves are left"
            ));
        }
    }
}

fn count_in(rows: &[TrialRow], state: TrialState) -> usize {
    rows.iter().filter(|row| row.state == state).count()
}
