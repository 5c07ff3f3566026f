//! Sweeps and trials that need no training, for tests of what is recorded of them.

#![allow(dead_code, reason = "no test needs all of it")]

use std::collections::BTreeMap;

use fitroom_domain::keep::Keep;
use fitroom_domain::{
    DatasetKey, EpochMetrics, Fingerprint, Flip, GitState, Hyperparameters, ImageSize,
    ImportedTrial, LossAndAccuracy, Machine, Provenance, RecordedFigures, SettingValue,
    SplitCounts, Task, TaskDefinition, TaskSummary, TrainSettings, Trial, TrialFigures, TrialState,
    Usage, Versions,
};
use fitroom_store::{
    AttemptKey, Claimed, Ending, ImportedRow, ImportedSweep, Next, Owner, Queue, Registered,
    Remark, Store, SweepToRun, TrialFile,
};

/// 32 digits, all the same.
pub(crate) fn fingerprint(digit: char) -> Fingerprint {
    digit.to_string().repeat(32).parse().unwrap()
}

/// A dataset of this name whose fingerprint is made of this digit.
pub(crate) fn dataset(name: &str, digit: char) -> DatasetKey {
    DatasetKey {
        name: name.to_owned(),
        fingerprint: fingerprint(digit),
    }
}

/// A task that predicts this column.
pub(crate) fn task(name: &str, column: &str) -> Task {
    Task {
        name: name.to_owned(),
        definition: TaskDefinition {
            where_: BTreeMap::new(),
            predicts: vec![column.to_owned()],
            flip: Flip::None,
        },
    }
}

/// Trials that differ in their seed.
pub(crate) fn trials(dataset: &DatasetKey, task: &Task, seeds: std::ops::Range<u64>) -> Vec<Trial> {
    let trial = |seed| Trial {
        dataset: dataset.clone(),
        task: task.clone(),
        hyperparameters: Hyperparameters::new(3, 3, 8, 0, 0.0, 0.1).unwrap(),
        train: TrainSettings::default(),
        seed,
    };
    seeds.map(trial).collect()
}

/// How a sweep may have been run.
pub(crate) fn provenance(word: &str) -> Provenance {
    Provenance {
        command_line: ["fitroom", "sweep", word].map(str::to_owned).to_vec(),
        working_folder: "/home/anna/my study".to_owned(),
        git: Some(GitState {
            commit: "0123456789abcdef".to_owned(),
            dirty: true,
        }),
        versions: Versions {
            fitroom: "0.1.0".to_owned(),
            libtorch: "2.9.0".to_owned(),
            training_semantics: 1,
        },
        machine: Machine {
            cpu: "A processor".to_owned(),
            cores: 8,
            memory_bytes: 1 << 35,
        },
    }
}

/// Registers a sweep that wants these trials, at least one.
pub(crate) async fn register(
    store: &Store,
    name: &str,
    trials: &[Trial],
    provenance: Option<&Provenance>,
) -> Registered {
    let summary = TaskSummary {
        image: ImageSize {
            height: 18,
            width: 14,
        },
        classes: vec!["cross".to_owned(), "disc".to_owned()],
        photographs: SplitCounts::default(),
        left_out: 0,
        leaks: None,
    };
    let overrides = ["train.epochs=3".to_owned()];
    let sweep = SweepToRun {
        name,
        dataset: &trials[0].dataset,
        task: &trials[0].task,
        summary: &summary,
        keep: Keep::Top,
        text: "task = \"shapes\"",
        overrides: &overrides,
        provenance,
        trials,
    };
    store.register(&sweep).await.unwrap()
}

/// A queue of all trials of a run.
pub(crate) fn queue(registered: &Registered) -> Queue {
    Queue::new(registered.sweep, registered.trials.clone()).of_run(registered.run_key)
}

/// Claims this trial for this run.
pub(crate) async fn claim(
    store: &Store,
    owner: &Owner,
    registered: &Registered,
    trial: i64,
) -> Claimed {
    let mut queue = Queue::new(registered.sweep, [trial]).of_run(registered.run_key);
    match store.claim(&mut queue, owner, "numerics").await.unwrap() {
        Next::Train(claimed) => claimed,
        other => panic!("expected trial {trial}, got {other:?}"),
    }
}

/// An epoch whose figures follow from a number.
pub(crate) fn epoch(epoch: u32, number: f64) -> EpochMetrics {
    let figures = |loss: f64| LossAndAccuracy {
        loss,
        accuracy: number,
    };
    EpochMetrics {
        epoch,
        train: figures(1.0 / 3.0 + number),
        validation: figures(0.1 + number),
        seconds: 0.7 * number,
    }
}

/// Figures of this accuracy.
pub(crate) fn figures(accuracy: f64) -> TrialFigures {
    TrialFigures {
        accuracy,
        loss: 1.0 - accuracy,
        best_epoch: 2,
        epochs: 3,
        parameters: 100,
        multiply_adds: 1000,
        seconds: 1.5,
    }
}

/// What an attempt may have taken.
pub(crate) const USAGE: Usage = Usage {
    cpu_seconds: Some(12.25),
    peak_memory_bytes: Some(3_000_000_000),
};

/// Files of a finished trial.
pub(crate) fn files() -> Vec<TrialFile> {
    let file = |(name, bytes): (&str, u64)| TrialFile {
        name: name.to_owned(),
        bytes,
        blake3: format!("{bytes:064x}"),
    };
    [("metrics.csv", 123), ("model.safetensors", 45_678)]
        .map(file)
        .to_vec()
}

/// Ends an attempt that took [`USAGE`].
pub(crate) async fn end(store: &Store, attempt: AttemptKey, ending: &Ending<'_>) {
    let ended = store.end_attempt(attempt, ending, USAGE, || Ok(())).await;
    ended.unwrap();
}

/// Finishes an attempt, with epochs and files.
pub(crate) async fn finish(store: &Store, attempt: AttemptKey, figures: &TrialFigures) {
    let epochs: Vec<_> = (1..=figures.epochs)
        .map(|number| epoch(number, figures.accuracy / f64::from(number)))
        .collect();
    store.record_epochs(attempt, &epochs).await.unwrap();
    let files = files();
    let ending = Ending::Finished {
        figures,
        files: &files,
    };
    end(store, attempt, &ending).await;
}

/// Fails an attempt of `attempts`.
pub(crate) async fn fail(store: &Store, attempt: AttemptKey, attempts: u32) {
    let ending = Ending::Failed {
        error: "no memory",
        attempts,
    };
    end(store, attempt, &ending).await;
}

/// An imported trial with these settings.
pub(crate) fn imported(
    sweep: &str,
    number: usize,
    settings: BTreeMap<String, SettingValue>,
    figures: Option<RecordedFigures>,
) -> ImportedRow {
    let trial = ImportedTrial {
        source: fingerprint('d'),
        folder: vec![sweep.to_owned(), format!("run-{number}")],
        take: 0,
        sweep: sweep.to_owned(),
        run: format!("fit/run-{number}"),
        settings,
        seed: (!number.is_multiple_of(3)).then_some(number as u64),
    };
    ImportedRow {
        trial,
        state: match figures {
            Some(_) => TrialState::Finished,
            None => TrialState::Failed,
        },
        epochs: match figures {
            Some(figures) => (1..=2)
                .map(|number| {
                    let mut epoch = epoch(number, figures.accuracy);
                    // Its logs do not say.
                    epoch.train.accuracy = f64::NAN;
                    epoch.seconds = f64::NAN;
                    epoch
                })
                .collect(),
            None => Vec::new(),
        },
        error: figures.is_none().then(|| "no figures".to_owned()),
        times: Some((1_600_000_000.0, 1_600_000_000.0 + 1e6 * number as f64)),
        figures,
    }
}

/// Imports a sweep of these trials.
pub(crate) async fn import(store: &Store, sweep: &str, trials: &[ImportedRow]) {
    let folder = [sweep.to_owned()];
    let source = fingerprint('d');
    let sweep = ImportedSweep {
        dataset: "old logs",
        source: &source,
        folder: &folder,
        name: sweep,
        from: "/old/logs",
        trials,
    };
    store.import(&sweep).await.unwrap();
}

/// These tags more, and this note.
pub(crate) fn remark(tags: &[String], note: Option<&str>) -> Remark {
    Remark {
        add: tags.to_vec(),
        remove: Vec::new(),
        note: Some(note.map(str::to_owned)),
    }
}
