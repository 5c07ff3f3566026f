//! Configurations by their mean over seeds: one lucky seed is no good configuration.

use fitroom_domain::{RecordedFigures, SettingValue};
use maud::{Markup, html};

use crate::settings::Settings;
use crate::sweep_report::TrialRow;
use crate::{numbers, page};

/// A configuration with the finished trials of its seeds.
struct Configuration<'a> {
    /// One of its trials.
    row: &'a TrialRow,
    settings: Vec<(String, SettingValue)>,
    accuracies: Vec<f64>,
    parameters: Option<u64>,
}

impl Configuration<'_> {
    fn mean(&self) -> f64 {
        self.accuracies.iter().sum::<f64>() / self.accuracies.len().max(1) as f64
    }

    fn lowest(&self) -> f64 {
        self.accuracies
            .iter()
            .copied()
            .fold(f64::INFINITY, f64::min)
    }

    fn highest(&self) -> f64 {
        self.accuracies
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max)
    }
}

/// The section with configurations by mean accuracy; nothing unless there are several seeds.
pub(crate) fn seeds_table(
    settings: &Settings,
    leaderboard: &[(&TrialRow, RecordedFigures)],
    validated: Option<u64>,
) -> Markup {
    if !settings.several_seeds() || leaderboard.is_empty() {
        return html! {};
    }
    let configurations = by_mean(leaderboard);
    let all = settings.seeds.len();
    html! {
        section {
            h2 { "Configurations over seeds" }
            p.note {
                "Accuracy on validation over the seeds that finished, by its mean, then fewer parameters. \
                 A difference within the range of the seeds may be chance."
            }
            (page::scrolling("Configurations over seeds", html! {
                table.sortable.configurations {
                    caption {
                        (numbers::counted(configurations.len(), "configuration")) ", highest mean first"
                    }
                    thead {
                        tr {
                            th.number scope="col" data-sort="ascending" aria-sort="ascending" { "rank" }
                            @for setting in &settings.swept {
                                th.number scope="col" data-sort="ascending" {
                                    (page::breakable(&setting.name))
                                }
                            }
                            th.number scope="col" data-sort="descending" { "mean" }
                            th.number scope="col" data-sort="descending" { "lowest" }
                            th.number scope="col" data-sort="descending" { "highest" }
                            th.number scope="col" data-sort="descending" { "seeds" }
                            th.number scope="col" data-sort="ascending" { "parameters" }
                        }
                    }
                    tbody {
                        @for (number, configuration) in configurations.iter().enumerate() {
                            tr {
                                th.number scope="row" data-value=(number + 1) { (number + 1) }
                                @for setting in &settings.swept {
                                    @let row = configuration.row;
                                    td.number data-value=[setting.value(row).as_ref()] {
                                        (setting.text(row))
                                    }
                                }
                                @for value in [
                                    configuration.mean(),
                                    configuration.lowest(),
                                    configuration.highest(),
                                ] {
                                    td.number data-value=(value) {
                                        (numbers::percent(value, validated))
                                    }
                                }
                                td.number data-value=(configuration.accuracies.len()) {
                                    (configuration.accuracies.len()) " of " (all)
                                }
                                @let parameters = configuration.parameters;
                                td.number data-value=[parameters] {
                                    (numbers::known(parameters, numbers::grouped))
                                }
                            }
                        }
                    }
                }
            }))
        }
    }
}

/// Configurations, highest mean first, then fewer parameters, then in the order of their best trials.
fn by_mean<'a>(leaderboard: &[(&'a TrialRow, RecordedFigures)]) -> Vec<Configuration<'a>> {
    let mut configurations: Vec<Configuration<'_>> = Vec::new();
    for (row, figures) in leaderboard {
        let settings = row.trial.settings();
        let same = |other: &&mut Configuration<'_>| other.settings == settings;
        match configurations.iter_mut().find(same) {
            Some(configuration) => configuration.accuracies.push(figures.accuracy),
            None => configurations.push(Configuration {
                row,
                settings,
                accuracies: vec![figures.accuracy],
                parameters: figures.parameters,
            }),
        }
    }
    let parameters = |it: &Configuration<'_>| it.parameters.unwrap_or(u64::MAX);
    configurations.sort_by(|a, b| {
        b.mean()
            .total_cmp(&a.mean())
            .then_with(|| parameters(a).cmp(&parameters(b)))
    });
    configurations
}
