//! A trial in words, as Markdown, for TensorBoard's TEXT page.

use std::fmt::Write;

use fitroom_domain::hyperparameters::{HYPERPARAMETERS, format_number};
use fitroom_domain::{TaskSummary, Trial, TrialState};
use fitroom_train::Fitted;

use crate::output;

/// What is trained: all that determines the result, on which photographs, and what it costs.
pub(super) fn what_is_trained(trial: &Trial, sweep: &str, summary: &TaskSummary) -> String {
    let train = &trial.train;
    let classes: Vec<String> = summary.classes.iter().map(|class| plain(class)).collect();
    let counts = summary.photographs;
    let mut rows = vec![
        ("trial", trial.name()),
        ("dataset", plain(&trial.dataset.name)),
        ("fingerprint", trial.dataset.fingerprint.to_string()),
        ("task", trial.task.name.clone()),
        ("classes", classes.join(", ")),
        (
            "photographs",
            format!("{} train, {} validation", counts.train, counts.validation),
        ),
        ("sweep", sweep.to_owned()),
    ];
    let hyperparameters = HYPERPARAMETERS.iter();
    rows.extend(hyperparameters.map(|it| (it.name, it.format(&trial.hyperparameters))));
    rows.extend([
        ("epochs", train.epochs.to_string()),
        ("batch_size", train.batch_size.to_string()),
        ("learning_rate", format_number(train.learning_rate)),
        ("patience", train.patience.to_string()),
        ("seed", trial.seed.to_string()),
    ]);
    if let Ok(network) = summary.network(&trial.hyperparameters) {
        rows.extend([
            ("parameters", network.parameters().to_string()),
            ("multiply-adds", network.multiply_adds().to_string()),
        ]);
    }
    table(&rows)
}

/// How the trial ended; `fitted`, if it finished.
pub(super) fn how_it_ended(state: TrialState, fitted: Option<&Fitted>) -> String {
    let mut rows = vec![("state", state.to_string())];
    if let Some(fitted) = fitted {
        let epochs = format!("{} of {} trained", fitted.best_epoch, fitted.epochs);
        rows.extend([
            ("accuracy", output::percent(fitted.validation.accuracy)),
            ("loss", format!("{:.4}", fitted.validation.loss)),
            ("best epoch", epochs),
        ]);
    }
    table(&rows)
}

fn table(rows: &[(&str, String)]) -> String {
    let mut text = "| | |\n|---|---|\n".to_owned();
    for (name, value) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {name} | {value} |");
    }
    text
}

/// A name that somebody chose, without what means something in Markdown.
fn plain(name: &str) -> String {
    let mut plain = String::new();
    for character in name.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&' => {
                plain.extend(['\\', character]);
            }
            _ if character.is_control() => plain.push(' '),
            _ => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_the_table() {
        assert_eq!(plain("boots | *new*\n<b>"), "boots \\| \\*new\\* \\<b\\>");
        assert_eq!(plain("female · flip flops"), "female · flip flops");
    }
}
