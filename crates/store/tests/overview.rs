//! Counts and best trials agree with what reading every trial gives.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use fitroom_domain::keep::Keep;
use fitroom_domain::{
    DatasetKey, EpochMetrics, Flip, Hyperparameters, ImageSize, LossAndAccuracy, SplitCounts, Task,
    TaskDefinition, TaskSummary, TrainSettings, Trial, TrialFigures, TrialState, Usage,
    leaderboard,
};
use fitroom_store::{
    Ending, Next, Owner, Queue, Standing, Store, SweepCounts, SweepOrigin, SweepToRun,
};

/// Trials of this task on this dataset that differ in their seed.
fn trials(dataset: &str, column: &str, seeds: std::ops::Range<u64>) -> Vec<Trial> {
    let fingerprint = fingerprint_of(dataset);
    let trial = |seed| Trial {
        dataset: DatasetKey {
            name: dataset.to_owned(),
            fingerprint: fingerprint.parse().unwrap(),
        },
        task: Task {
            name: column.to_owned(),
            definition: TaskDefinition {
                where_: BTreeMap::new(),
                predicts: vec![column.to_owned()],
                flip: Flip::None,
            },
        },
        hyperparameters: Hyperparameters::new(3, 3, 8, 0, 0.0, 0.1).unwrap(),
        train: TrainSettings::default(),
        seed,
    };
    seeds.map(trial).collect()
}

/// 32 digits that differ where the names do.
fn fingerprint_of(name: &str) -> String {
    format!("{:02x}", name.len()).repeat(16)
}

/// Registers a sweep and trains the first `count` of its trials to these accuracies.
async fn sweep(
    store: &Store,
    owner: &Owner,
    name: &str,
    trials: &[Trial],
    accuracies: &[f64],
) -> i64 {
    let sweep = SweepToRun {
        name,
        dataset: &trials[0].dataset,
        task: &trials[0].task,
        summary: &TaskSummary {
            image: ImageSize {
                height: 18,
                width: 14,
            },
            classes: vec!["cross".to_owned(), "disc".to_owned()],
            photographs: SplitCounts::default(),
            left_out: 0,
            leaks: None,
        },
        keep: Keep::Top,
        text: "task = 'x'",
        overrides: &[],
        provenance: None,
        trials,
    };
    let registered = store.register(&sweep).await.unwrap();
    let trained = registered.trials.iter().copied().take(accuracies.len());
    let mut queue = Queue::new(registered.sweep, trained);
    for accuracy in accuracies {
        let Next::Train(claimed) = store.claim(&mut queue, owner, "").await.unwrap() else {
            break;
        };
        let same = LossAndAccuracy {
            loss: 1.0,
            accuracy: *accuracy,
        };
        for epoch in 1..=2 {
            let epoch = EpochMetrics {
                epoch,
                train: same,
                validation: same,
                seconds: 1.0,
            };
            store.record_epoch(claimed.attempt, &epoch).await.unwrap();
        }
        let figures = TrialFigures {
            accuracy: *accuracy,
            loss: 0.5,
            best_epoch: 1,
            epochs: 2,
            parameters: 100,
            multiply_adds: 1000,
            seconds: 1.5,
        };
        let ending = Ending::Finished {
            figures: &figures,
            files: &[],
        };
        store
            .end_attempt(claimed.attempt, &ending, Usage::default(), || Ok(()))
            .await
            .unwrap();
    }
    registered.sweep
}

#[tokio::test]
async fn counts_and_best_trials_are_those_of_all_rows() {
    let runs = tempfile::tempdir().unwrap();
    let store = Store::open(runs.path()).await.unwrap();
    let owner = Owner::new(runs.path()).unwrap();
    let shapes = trials("small", "shape", 0..6);
    let grid = sweep(&store, &owner, "grid", &shapes, &[0.5, 0.9, 0.9]).await;
    // Wants one that the other trained.
    let other = sweep(&store, &owner, "other", &shapes[2..4], &[0.0]).await;
    // A newer plan without two that are not trained.
    sweep(&store, &owner, "grid", &shapes[..4], &[]).await;
    let colours = trials("small", "colour", 0..3);
    let colour = sweep(&store, &owner, "colours", &colours, &[0.25]).await;
    let elsewhere = sweep(
        &store,
        &owner,
        "grid",
        &trials("circles", "shape", 0..2),
        &[],
    )
    .await;
    let pruned = shapes[3].id();
    let rows = store.sweep_trials(grid).await.unwrap();
    let pruned = rows.iter().find(|row| row.id == pruned).unwrap().key;
    store.prune(grid, [(pruned, Some(1))]).await.unwrap();

    let counts = store.sweep_counts().await.unwrap();
    for key in [grid, other, colour, elsewhere] {
        let rows = store.wanted_trials(key).await.unwrap();
        let expected = SweepCounts {
            wanted: rows.len(),
            finished: (rows.iter())
                .filter(|row| row.state == TrialState::Finished)
                .count(),
            pruned: rows.iter().filter(|row| row.is_pruned()).count(),
        };
        assert_eq!(counts[&key], expected);
    }
    let grid_counts = SweepCounts {
        wanted: 4,
        finished: 3,
        pruned: 1,
    };
    assert_eq!(counts[&grid], grid_counts);

    let finished = store.finished_of_tasks().await.unwrap();
    assert_eq!(finished.values().sum::<usize>(), 4);
    let best = store.most_accurate_trials().await.unwrap();
    let found: BTreeSet<_> = best.iter().map(|row| row.id.clone()).collect();
    let expected = [&shapes[1], &shapes[2], &colours[0]].map(Trial::id);
    assert_eq!(found, expected.into());
    for row in &best {
        let task = (row.fingerprint.clone(), row.definition.clone());
        assert!(finished[&task] > 0);
        assert_eq!(
            Some(row),
            store
                .trials()
                .await
                .unwrap()
                .iter()
                .find(|it| it.id == row.id)
        );
    }

    let mut ranked = store.trials().await.unwrap();
    leaderboard::sort(&mut ranked, |row| (row.id.clone(), row.figures));
    let standings = store.standings().await.unwrap();
    for row in &ranked {
        let rivals: Vec<_> = (ranked.iter())
            .filter(|it| it.figures.is_some() && it.fingerprint == row.fingerprint)
            .filter(|it| it.definition == row.definition)
            .map(|it| it.key)
            .collect();
        let place = rivals.iter().position(|key| *key == row.key);
        let expected = place.map(|place| Standing {
            place: place as u64 + 1,
            of: rivals.len() as u64,
        });
        assert_eq!(store.standing(row.key).await.unwrap(), expected);
        assert_eq!(standings.get(&row.key).copied(), expected);
    }

    let epochs = store.last_epochs(grid).await.unwrap();
    let curves = store.curves(grid).await.unwrap();
    let lengths = curves.iter().map(|(key, curve)| (*key, curve.len() as u32));
    assert_eq!(epochs, lengths.collect());
    assert_eq!(epochs.len(), 3);
    let sweeps = store.sweeps().await.unwrap();
    for sweep in sweeps {
        assert!(matches!(sweep.origin, SweepOrigin::Ours { text, .. } if text == "task = 'x'"));
    }
}
