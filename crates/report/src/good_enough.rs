//! The trial that a page marks as good enough to ship.

use fitroom_domain::TrialId;

use crate::analysis::Analysis;
use crate::sweep_report::SweepReport;

/// The best trial of the cheapest configuration that is good enough to ship; `None` without any verdict.
pub fn cheapest_good_enough(report: &SweepReport) -> Option<TrialId> {
    let analysis = Analysis::new(report);
    let configuration = analysis.configurations.get(analysis.cheapest()?)?;
    let best = configuration.trials.iter().min_by_key(|trial| trial.rank)?;
    Some(best.row.id.clone())
}
