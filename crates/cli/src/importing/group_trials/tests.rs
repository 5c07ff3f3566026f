use fitroom_tensorboard::LoggedStart;

use super::*;
use crate::importing::log_runs::{Last, Series};
use crate::importing::series::{Measure, SeriesKind, part};

const LAST: Last = Last {
    step: 1,
    value: 0.5,
    highest: 0.5,
    count: 1,
};

fn run(folder: &str, began: f64) -> LogRun {
    let names = folder.split('/').filter(|name| !name.is_empty());
    let folder: Vec<String> = names.map(str::to_owned).collect();
    LogRun {
        part: folder.last().and_then(|name| part(name)),
        folder,
        times: Some((began, began + 5.0)),
        ..LogRun::default()
    }
}

fn curve(folder: &str, began: f64) -> LogRun {
    let kind = SeriesKind {
        measure: Measure::Loss,
        split: Some(Split::Train),
    };
    LogRun {
        series: [(kind, Series::default())].into(),
        last: [("loss".to_owned(), LAST)].into(),
        ..run(folder, began)
    }
}

fn session(folder: &str, began: f64) -> LogRun {
    LogRun {
        session: Some(LoggedStart::default()),
        last: [("accuracy".to_owned(), LAST)].into(),
        ..run(folder, began)
    }
}

/// `sweep: run = folders and times of what belongs to it`, for each trial.
fn grouped(runs: &[LogRun]) -> Vec<String> {
    let shown = |logs: TrialLogs<'_>| {
        let parts = logs.runs.iter().map(|run| {
            let began = run.times.map_or(0.0, |(first, _)| first);
            format!("{}@{began}", run.folder.join("/"))
        });
        let parts: Vec<String> = parts.collect();
        format!(
            "{}: {} = {}",
            logs.sweep.join("/"),
            logs.run,
            parts.join(" ")
        )
    };
    group_trials(runs).into_iter().map(shown).collect()
}

#[test]
fn trees_of_curves_and_hyperparameters_are_joined_by_the_trials_name() {
    let runs = [
        curve("A/fit/run-1/train", 2.0),
        curve("A/fit/run-1/validation", 3.0),
        run("A/fit/run-1/cm", 1.5),
        curve("A/fit/run-2/train", 12.0),
        session("A/hparam_tuning/run-1", 1.0),
        session("A/hparam_tuning/run-2", 11.0),
        session("B/hparam_tuning/run-1", 1.0),
    ];
    assert_eq!(
        grouped(&runs),
        [
            "A: fit/run-1 = A/fit/run-1/train@2 A/fit/run-1/validation@3 A/fit/run-1/cm@1.5 \
             A/hparam_tuning/run-1@1",
            "A: fit/run-2 = A/fit/run-2/train@12 A/hparam_tuning/run-2@11",
            "B: hparam_tuning/run-1 = B/hparam_tuning/run-1@1",
        ]
    );
}

#[test]
fn sessions_below_a_training_are_its_own_unless_there_are_several() {
    let runs = [
        curve("one", 1.0),
        session("one/170.5", 9.0),
        curve("many", 1.0),
        session("many/170.5", 9.0),
        session("many/171.5", 19.0),
    ];
    assert_eq!(
        grouped(&runs),
        [
            ": many = many@1",
            "many: 170.5 = many/170.5@9",
            "many: 171.5 = many/171.5@19",
            ": one = one@1 one/170.5@9",
        ]
    );
}

#[test]
fn trainings_one_after_the_other_in_the_same_folders_are_told_apart_by_time() {
    let runs = [
        curve("fit/run-1/train", 2.0),
        curve("fit/run-1/train", 12.0),
        curve("fit/run-1/validation", 4.0),
        curve("fit/run-1/validation", 14.0),
        session("hparam_tuning/run-1", 1.0),
        session("hparam_tuning/run-1", 11.0),
    ];
    let validation = "fit/run-1/validation";
    assert_eq!(
        grouped(&runs),
        [
            format!(": fit/run-1 = fit/run-1/train@2 {validation}@4 hparam_tuning/run-1@1"),
            format!(": fit/run-1#2 = fit/run-1/train@12 {validation}@14 hparam_tuning/run-1@11"),
        ]
    );
}

#[test]
fn a_session_that_logged_nothing_is_no_trial() {
    let died = LogRun {
        last: BTreeMap::new(),
        ..session("hparam_tuning/run-1", 1.0)
    };
    let runs = [
        curve("fit/run-1/train", 12.0),
        died,
        session("hparam_tuning/run-1", 11.0),
    ];
    assert_eq!(
        grouped(&runs),
        [": fit/run-1 = fit/run-1/train@12 hparam_tuning/run-1@11"]
    );
    let died = LogRun {
        last: BTreeMap::new(),
        ..session("run-1", 1.0)
    };
    assert!(grouped(&[died, run("pictures", 1.0)]).is_empty());
}

#[test]
fn the_root_may_be_a_trial_itself() {
    let runs = [curve("train", 2.0), curve("validation", 3.0)];
    assert_eq!(grouped(&runs), [":  = train@2 validation@3"]);
    let named = [
        curve("dev", 2.0),
        curve("test", 3.0),
        curve("baseline", 4.0),
    ];
    let expected = [
        ": baseline = baseline@4",
        ": dev = dev@2",
        ": test = test@3",
    ];
    assert_eq!(grouped(&named), expected);
}

#[test]
fn several_sessions_below_a_folder_go_to_its_trainings_by_time() {
    let runs = [
        curve("run", 1.0),
        curve("run", 21.0),
        session("run/170.5", 9.0),
        session("run/171.5", 29.0),
    ];
    assert_eq!(
        grouped(&runs),
        [": run = run@1 run/170.5@9", ": run#2 = run@21 run/171.5@29"]
    );
}

#[test]
fn folders_of_one_trial_each_under_the_same_name_are_trials_of_one_sweep() {
    let runs = [
        curve("search/trial_1/0/train", 1.0),
        curve("search/trial_2/0/train", 1.0),
        curve("search/trial_2/0/train", 11.0),
        curve("other/alone/0", 1.0),
    ];
    assert_eq!(
        grouped(&runs),
        [
            "other/alone: 0 = other/alone/0@1",
            "search: trial_1 = search/trial_1/0/train@1",
            "search: trial_2 = search/trial_2/0/train@1",
            "search: trial_2#2 = search/trial_2/0/train@11",
        ]
    );
}
