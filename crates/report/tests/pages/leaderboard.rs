//! What the page of a sweep says of its trials.

use fitroom_domain::{Flip, Leaks, RecordedTrial, TrialState};
use fitroom_report::{TrialRow, index_page, sweep_page};

use crate::specimen;
use crate::{rows, table, text, trial};

#[test]
fn trials_are_in_the_order_of_the_leaderboard() {
    let trials = vec![
        trial(32, 0.90, 900),
        trial(64, 0.95, 900),
        trial(96, 0.95, 800),
    ];
    let page = sweep_page(&specimen::report(trials)).unwrap();
    let rows = rows(table(&page, "sortable leaderboard"));
    assert_eq!(rows.len(), 3);
    for (row, (rank, name)) in rows.iter().zip([("1", "n96"), ("2", "n64"), ("3", "n32")]) {
        assert!(row.starts_with(rank) && row.contains(name), "{row}");
    }
    assert!(text(&page).contains("One other trial has the same accuracy"));
}

#[test]
fn swept_settings_are_columns_and_fixed_ones_are_said_once() {
    let page = sweep_page(&specimen::report(vec![
        trial(32, 0.9, 9),
        trial(64, 0.8, 9),
    ]))
    .unwrap();
    let head = text(
        table(&page, "sortable leaderboard")
            .split("<tbody")
            .next()
            .unwrap(),
    );
    assert!(head.contains("kernel_num"));
    assert!(
        !head.contains("kernel_size_1") && !head.contains("seed"),
        "{head}"
    );
    let whole = text(&page);
    assert_eq!(whole.matches("dense_size 256").count(), 1);
    assert_eq!(whole.matches("learning_rate 0.001").count(), 1);
    assert!(whole.contains("seed 0"));
}

#[test]
fn trials_without_figures_are_listed_with_their_reasons() {
    let report = specimen::nearly_done(&[0]);
    let page = sweep_page(&report).unwrap();
    let rows = rows(table(&page, "unranked"));
    assert_eq!(rows.len(), 4, "{rows:#?}");
    for (row, (state, reason)) in rows.iter().zip([
        (
            "failed",
            "not enough memory: tried to allocate 1 258 291 200 bytes",
        ),
        (
            "diverged",
            "the train loss became infinite in epoch 4, step 12",
        ),
        ("running", "is being trained"),
        ("pruned", "stopped after epoch 3"),
    ]) {
        assert!(row.contains(state) && row.contains(reason), "{row}");
    }
    assert!(text(&page).contains("2 planned, not started"));
    assert!(
        text(&page).contains("72 trials: 66 finished, 1 failed, 1 diverged, 1 running, 1 pruned")
    );
    assert!(text(&page).contains("reused from trousers_first_look"));
}

#[test]
fn an_interrupted_trial_is_not_called_planned() {
    let row = specimen::unfinished(trial(32, 0.9, 9), TrialState::Planned, 4, "");
    let page = text(&sweep_page(&specimen::report(vec![row])).unwrap());
    assert!(page.contains("1 trial: 1 interrupted."));
    assert!(page.contains("goes on when the sweep is started again"));
    assert!(!page.contains("planned"));
}

#[test]
fn a_sweep_without_finished_trials_has_a_page() {
    let mut planned = specimen::unfinished(trial(32, 0.9, 9), TrialState::Planned, 0, "");
    planned.attempts = 0;
    for trials in [vec![], vec![planned]] {
        let count = trials.len();
        let page = sweep_page(&specimen::report(trials)).unwrap();
        assert!(text(&page).contains("No trial of this sweep has finished yet"));
        assert!(
            !page.contains("<svg") && !text(&page).contains("NaN"),
            "{count}"
        );
        assert_eq!(text(&page).contains("planned, not started"), count == 1);
    }
}

#[test]
fn leaks_stand_as_a_warning_beside_the_accuracies_they_touch() {
    let warning = "12 of 678 validation photographs nearly equal one that was trained on: accuracies \
                   on validation are too high.";
    let report = specimen::nearly_done(&[0]);
    assert!(!sweep_page(&report).unwrap().contains("nearly equal"));
    let mut leaking = None;
    let mut report = specimen::asked(report, |_, summary| {
        summary.leaks = Some(Leaks {
            validation: 12,
            test: 0,
        });
        leaking = summary.leak_warning();
    });
    assert!(text(&sweep_page(&report).unwrap()).contains(warning));
    report.trials.clear();
    assert!(text(&sweep_page(&report).unwrap()).contains(warning));
    let mut index = specimen::index();
    assert!(!index_page(&index).contains("nearly equal"));
    index.datasets[0].tasks[0].leak_warning = leaking;
    let page = text(&index_page(&index));
    assert!(page.contains(&format!("trousers_all: {warning}")), "{page}");
}

#[test]
fn seeds_of_a_configuration_fold_into_one_row_by_their_mean() {
    let mut lucky = [trial(32, 0.99, 9), trial(32, 0.80, 9)];
    let mut steady = [trial(64, 0.95, 9), trial(64, 0.93, 9)];
    for row in [&mut lucky[1], &mut steady[1]] {
        if let RecordedTrial::Ours(trial) = &mut row.trial {
            trial.seed = 1;
        }
    }
    let trials = lucky.into_iter().chain(steady).collect();
    let page = sweep_page(&specimen::report(trials)).unwrap();
    let rows = rows(table(&page, "sortable leaderboard"));
    assert_eq!(rows.len(), 6);
    for cell in ["94.00%", "93.0–95.0%", "2 of 2", "64"] {
        assert!(rows[0].contains(cell), "{}", rows[0]);
    }
    assert!(
        rows[1].contains("95.0%") && rows[1].contains("seed 0"),
        "{}",
        rows[1]
    );
    assert!(rows[3].contains("89.50%"), "{}", rows[3]);
    // The best trial is still the one with the highest accuracy.
    assert!(
        text(&page)
            .contains("Best configuration over seeds: k3x3-n64-d256, mean 94.00% of 2 seeds")
    );
    assert!(page.contains("<p class=\"figure\">99.0%</p>"));
}

#[test]
fn with_one_seed_ranks_are_those_of_the_leaderboard() {
    let mut trials = specimen::grid(&[0], 678);
    for row in &mut trials {
        let figures = row.figures.as_mut().unwrap();
        // Many ties, which loss and id decide.
        figures.accuracy = (figures.accuracy * 20.0).round() / 20.0;
        figures.parameters = Some(1000);
    }
    let mut sorted = trials.clone();
    fitroom_domain::leaderboard::sort(&mut sorted, |row| (row.id.clone(), row.figures));
    let page = sweep_page(&specimen::with_answers(specimen::report(trials))).unwrap();
    let rows = rows(table(&page, "sortable leaderboard"));
    assert_eq!(rows.len(), 72);
    for (row, expected) in rows.iter().zip(&sorted) {
        assert!(
            row.contains(&expected.name),
            "{row}, expected {}",
            expected.name
        );
    }
}

#[test]
fn mirrored_validation_photographs_count_in_accuracies() {
    let report = specimen::report(vec![trial(32, 0.5, 9)]);
    let report = specimen::asked(report, |task, _| task.definition.flip = Flip::All);
    let page = text(&sweep_page(&report).unwrap());
    assert!(page.contains("678 of 1\u{202f}356 photographs and mirrored copies right"));
}

#[test]
fn different_numerics_are_warned_of() {
    let mut report = specimen::nearly_done(&[0]);
    assert!(!sweep_page(&report).unwrap().contains("different numerics"));
    report
        .numerics
        .push("libtorch 2.13.0, avx512, cpu, 1 thread".to_owned());
    assert!(text(&sweep_page(&report).unwrap()).contains("2 different numerics"));
}

#[test]
fn what_tensorboard_did_not_get_is_said() {
    let mut trials = specimen::grid(&[0], 678);
    trials.truncate(3);
    let page = |trials: &[TrialRow]| sweep_page(&specimen::report(trials.to_vec())).unwrap();
    assert!(!page(&trials).contains("with a warning"));
    for row in &mut trials[1..] {
        row.warning = Some("TensorBoard's log is not complete: no space left".to_owned());
    }
    let text = text(&page(&trials));
    assert!(text.contains("2 trials trained with a warning"), "{text}");
    let warning = format!("{}: TensorBoard's log is not complete", trials[1].name);
    assert!(text.contains(&warning), "{text}");
}
