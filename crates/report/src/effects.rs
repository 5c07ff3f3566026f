//! What the accuracy depends on.

use fitroom_domain::TrialState;
use fitroom_domain::statistics::{Factor, Observation, VarianceShares, variance_shares};

use crate::configuration::Configuration;
use crate::settings::Settings;
use crate::sweep_report::SweepReport;

/// The shares of variance of the swept settings on a complete grid; otherwise why there are none.
pub(crate) fn shares(
    report: &SweepReport,
    configurations: &[Configuration<'_>],
) -> Result<VarianceShares, String> {
    let settings = Settings::new(&report.trials);
    let unfinished = (report.trials.iter())
        .filter(|row| row.state != TrialState::Finished)
        .count();
    if unfinished > 0 {
        return Err(format!(
            "{unfinished} of {} trials have no result",
            report.trials.len()
        ));
    }
    let factors: Vec<Factor> = (settings.swept.iter())
        .map(|setting| Factor {
            name: setting.name.clone(),
            levels: setting.values.len(),
        })
        .collect();
    let mut observations = Vec::new();
    for trial in configurations.iter().flat_map(|it| &it.trials) {
        let levels: Option<Vec<usize>> = (settings.swept.iter())
            .map(|setting| setting.level(trial.row))
            .collect();
        let Some(levels) = levels else {
            return Err(format!("{} lacks one of the settings", trial.row.name));
        };
        observations.push(Observation {
            levels,
            value: trial.figures.accuracy,
        });
    }
    variance_shares(&factors, &observations).map_err(|error| error.to_string())
}
