//! What is said of a sweep before it runs.

use std::num::NonZeroUsize;

use fitroom_data::Dataset;
use fitroom_domain::TrialState;
use fitroom_store::TrialRow;

use super::planned_sweep::PlannedSweep;
use crate::output;

impl PlannedSweep {
    /// Says what there is to do, and what is wrong with it. `known` are its trials as they stand.
    pub(super) fn announce(&self, dataset: &Dataset, known: &[TrialRow], workers: NonZeroUsize) {
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
        let (all, to_do) = (
            known.len(),
            known.iter().filter(|row| row.is_open()).count(),
        );
        let count = |is_so: fn(&TrialRow) -> bool| known.iter().filter(|row| is_so(row)).count();
        let pruned = match count(TrialRow::is_pruned) {
            0 => String::new(),
            pruned => format!(", {pruned} pruned"),
        };
        let trained = count(|row| row.state == TrialState::Finished);
        output::message(&match to_do {
            0 if trained == all => {
                format!("all {all} trials have been trained already: nothing to do")
            }
            0 => {
                let without = all - trained - count(TrialRow::is_pruned);
                format!(
                    "all {all} trials have ended already, {without} of them without a result{pruned}: \
                     nothing to do"
                )
            }
            _ if to_do < all => format!(
                "{all} trials, {trained} of them trained already{pruned}; {workers} at a time"
            ),
            1 => "1 trial".to_owned(),
            _ => format!("{all} trials; {workers} at a time"),
        });
    }
}
