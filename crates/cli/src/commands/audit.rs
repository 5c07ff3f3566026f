//! `fitroom audit`: what stopping trials early would have done to a sweep that was trained whole.

mod not_shown_worse;

use std::collections::BTreeSet;

use anyhow::anyhow;
use fitroom_domain::{TrialState, leaderboard};
use fitroom_store::{SweepRecord, TrialRow};
use fitroom_sweep::pruning::{Curve, Halving, asha, median_stopping};
use serde::Serialize;

use crate::arguments::{AuditArguments, Places};
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::output;

use not_shown_worse::not_shown_worse;

/// A trial that was trained to its own end.
struct Trained {
    row: TrialRow,
    curve: Curve,
}

/// What a method would have done.
#[derive(Serialize)]
struct Verdict {
    method: String,
    /// Share of all epochs that would not have been trained.
    epochs_saved: f64,
    /// Share of all training time that would not have been spent.
    seconds_saved: f64,
    /// Whether the best trial would have been trained to its end.
    winner_survives: bool,
    /// Trials not shown to be worse than the best that would have been trained to their ends, of all of them.
    not_shown_worse_survive: usize,
    not_shown_worse: usize,
    /// What the best that would have been left lacks in accuracy.
    accuracy_lost: f64,
}

#[derive(Serialize)]
struct Audit {
    dataset: String,
    sweep: String,
    trials: usize,
    epochs: usize,
    winner: String,
    methods: Vec<Verdict>,
}

pub(crate) fn run(places: &Places, arguments: &AuditArguments) -> Result<Exit, Failure> {
    let Some(database) = Database::open_to_read(&places.runs)? else {
        let runs = places.runs.display();
        return Err(anyhow!("nothing was trained in `{runs}`")).or_input();
    };
    let sweeps = database.wait(database.store().sweeps())?;
    let none = || {
        let asked = match &arguments.data {
            Some(data) => format!("`{}` on `{data}`", arguments.sweep),
            None => format!("`{}`", arguments.sweep),
        };
        let there = sweeps
            .iter()
            .map(|sweep| format!("`{}` on `{}`", sweep.name, sweep.dataset));
        anyhow!(
            "no sweep {asked} was run in `{}`, expected one of {}",
            places.runs.display(),
            there.collect::<Vec<_>>().join(", ")
        )
    };
    let meant = |sweep: &&SweepRecord| {
        let on = arguments.data.as_ref();
        sweep.name == arguments.sweep && on.is_none_or(|data| *data == sweep.dataset)
    };
    let meant: Vec<&SweepRecord> = sweeps.iter().filter(meant).collect();
    if meant.is_empty() {
        return Err(none()).or_input();
    }
    let mut audits = Vec::new();
    for sweep in meant {
        audits.push(audit(&database, sweep, arguments.workers.get())?);
    }
    if arguments.json {
        output::data(&serde_json::to_string_pretty(&audits)?)?;
    } else {
        for audit in &audits {
            print(audit)?;
        }
    }
    Ok(Exit::Well)
}

fn audit(database: &Database, sweep: &SweepRecord, workers: usize) -> Result<Audit, Failure> {
    if sweep.question().is_none() {
        return Err(anyhow!(
            "sweep `{}` was imported from logs, which hold no predictions: what pruning loses cannot be judged",
            sweep.name
        ))
        .or_input();
    }
    let store = database.store();
    let rows = database.wait(store.planned_trials(sweep.key))?;
    let mut curves = database.wait(store.curves(sweep.key))?;
    if rows.iter().any(TrialRow::is_pruned) {
        return Err(anyhow!(
            "sweep `{}` was pruned itself: only one that was trained whole shows what pruning does",
            sweep.name
        ))
        .or_input();
    }
    let open = rows
        .iter()
        .filter(|row| row.state != TrialState::Finished)
        .count();
    if open > 0 {
        output::message(&format!(
            "warning: {open} of {} trials of {} have no result: they are left out",
            rows.len(),
            sweep.name
        ));
    }
    let mut trained: Vec<Trained> = rows
        .into_iter()
        .filter(|row| row.figures.is_some())
        .filter_map(|row| {
            let curve = Curve::new(&curves.remove(&row.key)?);
            Some(Trained { row, curve })
        })
        .collect();
    // Methods see the trials in the plan's order; the best is the leaderboard's.
    let plan: Vec<Curve> = trained
        .iter()
        .map(|trained| trained.curve.clone())
        .collect();
    let keys: Vec<i64> = trained.iter().map(|trained| trained.row.key).collect();
    leaderboard::sort(&mut trained, |trained| {
        (trained.row.id.clone(), trained.row.figures)
    });
    let Some(winner) = trained.first() else {
        return Err(anyhow!("no trial of sweep `{}` is finished", sweep.name)).or_input();
    };
    let band = not_shown_worse(database, &trained)?;
    let verdict = |method: String, epochs: Vec<usize>| {
        let survivors: BTreeSet<i64> = keys
            .iter()
            .zip(epochs.iter().zip(&plan))
            .filter(|(_, (epochs, curve))| **epochs == curve.epochs())
            .map(|(key, _)| *key)
            .collect();
        let best_left = trained
            .iter()
            .find(|trained| survivors.contains(&trained.row.key));
        let accuracy =
            |trained: &Trained| trained.row.figures.map_or(0.0, |figures| figures.accuracy);
        let share = |of: fn(&Curve, usize) -> f64| {
            let spent: f64 = plan
                .iter()
                .zip(&epochs)
                .map(|(curve, epochs)| of(curve, *epochs))
                .sum();
            let all: f64 = plan.iter().map(|curve| of(curve, curve.epochs())).sum();
            1.0 - spent / all
        };
        Verdict {
            method,
            epochs_saved: share(|_, epochs| epochs as f64),
            seconds_saved: share(|curve, epochs| curve.seconds[..epochs].iter().sum()),
            winner_survives: survivors.contains(&winner.row.key),
            not_shown_worse_survive: band.intersection(&survivors).count(),
            not_shown_worse: band.len(),
            accuracy_lost: accuracy(winner) - best_left.map_or(0.0, accuracy),
        }
    };
    let mut methods = Vec::new();
    for grace in [1, 3] {
        let epochs = median_stopping(&plan, grace);
        methods.push(verdict(format!("median, from epoch {grace} on"), epochs));
    }
    for (grace, factor) in [(1, 3), (2, 2), (3, 3)] {
        let parameters = format!("1 in {factor}, from epoch {grace} on");
        let epochs = asha(&plan, grace, factor, workers);
        methods.push(verdict(format!("ASHA, {parameters}"), epochs));
        let halving = Halving {
            grace_epochs: grace as u32,
            reduction_factor: factor as u32,
        };
        let epochs = halving.epochs(&plan);
        methods.push(verdict(format!("halving, {parameters}"), epochs));
    }
    Ok(Audit {
        dataset: sweep.dataset.clone(),
        sweep: sweep.name.clone(),
        trials: plan.len(),
        epochs: plan.iter().map(Curve::epochs).sum(),
        winner: winner.row.name.clone(),
        methods,
    })
}

fn print(audit: &Audit) -> Result<(), Failure> {
    output::data(&format!(
        "{} on {}: {} trials, {} epochs; best: {}",
        audit.sweep, audit.dataset, audit.trials, audit.epochs, audit.winner
    ))?;
    let headings = [
        "method",
        "epochs saved",
        "time saved",
        "winner",
        "not shown worse",
        "accuracy lost",
    ];
    let rows = audit.methods.iter().map(|verdict| {
        vec![
            verdict.method.clone(),
            format!("{:.0} %", 100.0 * verdict.epochs_saved),
            format!("{:.0} %", 100.0 * verdict.seconds_saved),
            if verdict.winner_survives {
                "survives"
            } else {
                "lost"
            }
            .to_owned(),
            format!(
                "{} of {} survive",
                verdict.not_shown_worse_survive, verdict.not_shown_worse
            ),
            format!("{:.2} points", 100.0 * verdict.accuracy_lost),
        ]
    });
    output::data(&output::table(&headings, &headings[1..], rows))?;
    Ok(())
}
