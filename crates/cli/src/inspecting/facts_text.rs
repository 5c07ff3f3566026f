//! A trial as `runs show` prints it for people.

mod origin;

pub(super) use origin::{git_text, quoted};

use fitroom_domain::statistics::wilson;
use fitroom_domain::{Chosen, RecordedFigures};
use fitroom_store::AttemptRecord;

use super::curve_plot::curve_plot;
use super::facts::{CONFIDENCE, TrialFacts};
use super::numbers::{bytes, duration, grouped, ordinal, second, seconds_between};
use super::sheet::Sheet;
use super::task_text::task_text;
use crate::colour::Colours;
use crate::output;

/// What is shown beside what always is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShownParts {
    /// The sweep file's text.
    pub(crate) text: bool,
}

/// All that is known of a trial, so many columns wide.
pub(crate) fn facts_text(
    facts: &TrialFacts,
    parts: ShownParts,
    width: u16,
    colours: Colours,
) -> String {
    let mut sheet = Sheet::new(colours, width);
    identity(&mut sheet, facts);
    settings(&mut sheet, facts);
    figures(&mut sheet, facts);
    test(&mut sheet, facts);
    let curve = curve_plot(&facts.record.epochs, width, colours);
    if !curve.is_empty() {
        sheet.heading("By epoch");
        sheet.block(&curve);
    }
    attempts(&mut sheet, facts);
    origin::section(&mut sheet, facts);
    files(&mut sheet, facts);
    if parts.text {
        origin::sweep_file(&mut sheet, facts);
    }
    sheet.into_text()
}

/// A trial in a line: `k3-n32-s0-3fa94c1b, finished, sweep trousers_all on catalogue`.
pub(super) fn title(facts: &TrialFacts, colours: Colours) -> String {
    let row = &facts.row;
    format!(
        "{}, {}, sweep {} on {}",
        colours.bold(&row.name),
        colours.state(facts.row.shown_state()),
        row.sweep,
        row.dataset
    )
}

fn identity(sheet: &mut Sheet, facts: &TrialFacts) {
    let (row, record) = (&facts.row, &facts.record);
    sheet.heading(&row.name);
    let mut state = sheet.colours.state(facts.row.shown_state());
    if let Some(epoch) = row.pruned_after.filter(|_| row.is_pruned()) {
        state.push_str(&format!(" after epoch {epoch}"));
    }
    if row.trial.is_imported() {
        state.push_str(", imported: others trained it");
    }
    sheet.line("state", &state);
    sheet.line_if(
        "reason",
        row.error.clone().filter(|_| row.figures.is_none()),
    );
    sheet.line("id", row.id.as_str());
    sheet.line(
        "dataset",
        &match row.trial.fingerprint() {
            Some(fingerprint) => format!("{}, fingerprint {fingerprint}", row.dataset),
            None => format!("{}, of which no photographs are known", row.dataset),
        },
    );
    sheet.line("task", row.trial.task());
    sheet.line_if("predicts", task_text(&row.definition));
    let wishes = record.wishes.iter().map(|wish| {
        let pruned = wish
            .pruned_at_epoch
            .map(|epoch| format!(" (given up after epoch {epoch})"));
        format!("{}{}", wish.sweep.name, pruned.unwrap_or_default())
    });
    let wishes: Vec<String> = wishes.collect();
    sheet.line(
        "wanted by",
        &match wishes.is_empty() {
            true => "no sweep".to_owned(),
            false => wishes.join(", "),
        },
    );
    sheet.line_if(
        "tags",
        (!record.tags.is_empty()).then(|| record.tags.join(", ")),
    );
    sheet.line_if("note", record.note.clone());
}

fn settings(sheet: &mut Sheet, facts: &TrialFacts) {
    let pairs = |settings: Vec<(String, fitroom_domain::SettingValue)>| -> Vec<String> {
        let pair = |(name, value)| format!("{name} {value}");
        settings.into_iter().map(pair).collect()
    };
    sheet.heading("Settings");
    sheet.items("network", &pairs(facts.row.trial.hyperparameters()));
    sheet.items("training", &pairs(facts.train_settings()));
    sheet.line_if("seed", facts.row.trial.seed().map(|seed| seed.to_string()));
}

fn figures(sheet: &mut Sheet, facts: &TrialFacts) {
    let Some(figures) = facts.row.figures else {
        return;
    };
    sheet.heading("Validation");
    sheet.line("accuracy", &accuracy_text(facts, figures));
    sheet.line_if("loss", figures.loss.map(|loss| format!("{loss:.4}")));
    let epochs = (figures.best_epoch, figures.epochs);
    sheet.line_if(
        "best epoch",
        match epochs {
            (Some(best), Some(epochs)) => Some(format!("{best} of {epochs}")),
            (best, _) => best.map(|best| best.to_string()),
        },
    );
    sheet.line_if(
        "epochs",
        match epochs {
            (None, Some(epochs)) => Some(epochs.to_string()),
            _ => None,
        },
    );
    sheet.line_if("parameters", figures.parameters.map(grouped));
    sheet.line_if("multiply-adds", figures.multiply_adds.map(grouped));
    sheet.line_if("took", figures.seconds.map(duration));
    sheet.line_if("leaderboard", standing_text(facts));
}

fn accuracy_text(facts: &TrialFacts, figures: RecordedFigures) -> String {
    let accuracy = output::percent(figures.accuracy);
    match (facts.accuracy_interval(), facts.validation_photographs()) {
        (Some(interval), Some(photographs)) => format!(
            "{accuracy} (95 % interval {}; {} photographs)",
            output::percents(interval.low, interval.high),
            grouped(photographs)
        ),
        _ => accuracy,
    }
}

/// `3rd of 72, the model of its task: pinned`.
fn standing_text(facts: &TrialFacts) -> Option<String> {
    let standing = facts.standing?;
    let place = format!("{} of {}", ordinal(standing.place), grouped(standing.of));
    Some(match facts.model {
        None => place,
        Some(Chosen::Pinned) => format!("{place}; pinned as the model of its task"),
        Some(Chosen::Accuracy) => format!("{place}; the model of its task"),
        Some(Chosen::Cheapest) => {
            format!("{place}; the model of its task as the cheapest good enough")
        }
    })
}

fn test(sheet: &mut Sheet, facts: &TrialFacts) {
    if facts.evaluations.is_empty() {
        return;
    }
    sheet.heading("Test");
    for it in &facts.evaluations {
        let interval = wilson(it.accuracy, it.photographs, CONFIDENCE);
        let text = format!(
            "{} (95 % interval {}; {} photographs), on {} UTC",
            output::percent(it.accuracy),
            output::percents(interval.low, interval.high),
            grouped(it.photographs),
            second(&it.evaluated_at)
        );
        sheet.line("accuracy", &text);
    }
}

fn attempts(sheet: &mut Sheet, facts: &TrialFacts) {
    sheet.heading("Attempts");
    if facts.record.attempts.is_empty() {
        sheet.paragraph(match facts.row.trial.is_imported() {
            true => "none of ours: its logs were read",
            false => "none yet",
        });
        return;
    }
    for attempt in &facts.record.attempts {
        let name = format!("{} {}", attempt.number, attempt.state);
        let text = attempt_text(attempt);
        sheet.line(&name, &text);
        sheet.line_if("  error", attempt.error.clone());
        sheet.line_if("  warning", attempt.warning.clone());
    }
}

/// `began 2026-02-28 17:05:12, 3 min 20 s, 3 min 4 s of processor time, 1.2 GiB at most`.
fn attempt_text(attempt: &AttemptRecord) -> String {
    let wall = (attempt.ended_at.as_deref())
        .and_then(|ended| seconds_between(&attempt.started_at, ended))
        .map(duration);
    let cpu = attempt.usage.cpu_seconds.map(duration);
    let memory = attempt.usage.peak_memory_bytes.map(bytes);
    let parts = [
        wall.map(|it| format!("took {it}")),
        cpu.map(|it| format!("{it} of CPU")),
        memory.map(|it| format!("peak {it}")),
    ];
    let began = format!("{} UTC", second(&attempt.started_at));
    let parts = std::iter::once(began).chain(parts.into_iter().flatten());
    parts.collect::<Vec<String>>().join(", ")
}

fn files(sheet: &mut Sheet, facts: &TrialFacts) {
    let record = &facts.record;
    let Some(folder) = &record.folder else { return };
    sheet.heading("Files");
    sheet.line("folder", &format!("{folder} (in the runs folder)"));
    sheet.line(
        "weights",
        match record.weights_kept {
            true => "kept",
            false => "not kept",
        },
    );
    let width = record
        .files
        .iter()
        .map(|file| file.name.chars().count())
        .max();
    for file in &record.files {
        let missing = match facts.missing_files.contains(&file.name) {
            true => "   not there",
            false => "",
        };
        let (name, width) = (&file.name, width.unwrap_or_default());
        sheet.paragraph(&format!("{name:width$} {:>10}{missing}", bytes(file.bytes)));
    }
}
