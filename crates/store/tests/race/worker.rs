//! A process that shares trivial trials with others.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use fitroom_domain::keep::Keep;
use fitroom_domain::{
    DatasetKey, Flip, Hyperparameters, ImageSize, SplitCounts, Task, TaskDefinition, TaskSummary,
    TrainSettings, Trial, TrialFigures, Usage,
};
use fitroom_store::{Ending, Next, Owner, Queue, Registered, Store, SweepToRun};

type Problem = Box<dyn Error + Send + Sync>;

/// Takes part in a sweep of `count` trials until all have ended. The objective is a number that follows from
/// the seed. Returns the milliseconds from each claim's begin to the trial's end.
pub(crate) async fn work(runs: &Path, count: u64) -> Result<Vec<f64>, Problem> {
    let store = Store::open(runs).await?;
    let owner = Owner::new(runs)?;
    let registered = register(&store, count).await?;
    let mut queue = Queue::new(registered.sweep, registered.trials);
    let mut milliseconds = Vec::new();
    loop {
        let begin = Instant::now();
        match store.claim(&mut queue, &owner, "numerics").await? {
            Next::Train(claimed) => {
                let figures = objective(claimed.attempt.trial);
                let ending = Ending::Finished {
                    figures: &figures,
                    files: &[],
                };
                store
                    .end_attempt(claimed.attempt, &ending, Usage::default(), || Ok(()))
                    .await?;
                milliseconds.push(1000.0 * begin.elapsed().as_secs_f64());
            }
            Next::Wait { .. } => thread::sleep(Duration::from_millis(20)),
            Next::Done => break,
        }
    }
    store.close().await;
    Ok(milliseconds)
}

/// A sweep of so many trials, at least one.
pub(crate) async fn register(store: &Store, count: u64) -> Result<Registered, Problem> {
    let trials = trials(count)?;
    let Some(first) = trials.first() else {
        return Err("expected at least one trial".into());
    };
    let sweep = SweepToRun {
        name: "race",
        dataset: &first.dataset,
        task: &first.task,
        summary: &summary(),
        keep: Keep::Top,
        text: "",
        overrides: &[],
        provenance: None,
        trials: &trials,
    };
    Ok(store.register(&sweep).await?)
}

/// Trials that differ in their seed.
fn trials(count: u64) -> Result<Vec<Trial>, Problem> {
    let fingerprint = "0123456789abcdef0123456789abcdef".parse()?;
    let dataset = DatasetKey {
        name: "small".to_owned(),
        fingerprint,
    };
    let task = Task {
        name: "shapes".to_owned(),
        definition: TaskDefinition {
            where_: BTreeMap::new(),
            predicts: vec!["shape".to_owned()],
            flip: Flip::None,
        },
    };
    let hyperparameters = Hyperparameters::new(3, 3, 8, 0, 0.0, 0.1)?;
    let trial = |seed| Trial {
        dataset: dataset.clone(),
        task: task.clone(),
        hyperparameters,
        train: TrainSettings::default(),
        seed,
    };
    Ok((0..count).map(trial).collect())
}

fn summary() -> TaskSummary {
    TaskSummary {
        image: ImageSize {
            height: 18,
            width: 14,
        },
        classes: vec!["cross".to_owned(), "disc".to_owned()],
        photographs: SplitCounts::default(),
        left_out: 0,
        leaks: None,
    }
}

pub(crate) fn objective(trial: i64) -> TrialFigures {
    TrialFigures {
        accuracy: (trial % 100) as f64 / 100.0,
        loss: 0.5,
        best_epoch: 1,
        epochs: 1,
        parameters: 1,
        multiply_adds: 1,
        seconds: 0.0,
    }
}
