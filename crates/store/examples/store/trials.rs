//! The trials that are written, by their numbers: the same as `bench/peers/store_trials.py` has.

use std::collections::BTreeMap;
use std::ops::Range;

use fitroom_domain::keep::Keep;
use fitroom_domain::{
    DatasetKey, EpochMetrics, Flip, Hyperparameters, ImageSize, LossAndAccuracy, RecordedFigures,
    SplitCounts, Task, TaskDefinition, TaskSummary, TrainSettings, Trial,
};
use fitroom_store::SweepToRun;

use crate::Problem;

/// Epochs of a trial.
pub(crate) const EPOCHS: u64 = 20;
/// Values of an epoch that count; its seconds are written too.
pub(crate) const METRICS: u64 = 4;
/// Trials of a sweep.
pub(crate) const OF_SWEEP: u64 = 250;
/// The dataset's name.
pub(crate) const DATASET: &str = "large";

/// The numbers of each sweep's trials.
pub(crate) fn sweeps(count: u64) -> impl Iterator<Item = Range<u64>> {
    let first = (0..count).step_by(OF_SWEEP as usize);
    first.map(move |first| first..(first + OF_SWEEP).min(count))
}

pub(crate) fn sweep_name(sweep: usize) -> String {
    format!("sweep_{sweep:04}")
}

/// The trial with this number.
pub(crate) fn trial(number: u64) -> Result<Trial, Problem> {
    let mut rest = number;
    let mut choose = |values: &[u32]| {
        let chosen = values[(rest % values.len() as u64) as usize];
        rest /= values.len() as u64;
        chosen
    };
    let kernel_num = choose(&[32, 64, 96, 128]);
    let kernel_size_1 = choose(&[3, 5, 7]);
    let kernel_size_2 = choose(&[3, 5]);
    let dense_size = choose(&[256, 512, 1024]);
    let hyperparameters = Hyperparameters::new(
        kernel_size_1,
        kernel_size_2,
        kernel_num,
        dense_size,
        0.0,
        0.0,
    )?;
    Ok(Trial {
        dataset: dataset()?,
        task: task(),
        hyperparameters,
        train: TrainSettings {
            epochs: EPOCHS as u32,
            ..TrainSettings::default()
        },
        seed: rest,
    })
}

fn dataset() -> Result<DatasetKey, Problem> {
    Ok(DatasetKey {
        name: DATASET.to_owned(),
        fingerprint: "0123456789abcdef0123456789abcdef".parse()?,
    })
}

fn task() -> Task {
    Task {
        name: "shapes".to_owned(),
        definition: TaskDefinition {
            where_: BTreeMap::new(),
            predicts: vec!["shape".to_owned()],
            flip: Flip::None,
        },
    }
}

fn final_accuracy(number: u64) -> f64 {
    let hashed = number.wrapping_mul(2_654_435_761) % (1 << 32);
    0.5 + 0.45 * hashed as f64 / f64::from(u32::MAX)
}

/// The epochs of the trial with this number.
pub(crate) fn curve(number: u64) -> Vec<EpochMetrics> {
    let last = final_accuracy(number);
    let figures = |accuracy: f64| LossAndAccuracy {
        loss: 2.0 * (1.0 - accuracy),
        accuracy,
    };
    let epoch = |epoch: u64| {
        let accuracy = last * (23.0 * (epoch + 1) as f64 / (20.0 * (epoch + 4) as f64));
        EpochMetrics {
            epoch: epoch as u32 + 1,
            train: figures((1.0 + accuracy) / 2.0),
            validation: figures(accuracy),
            seconds: 1.0,
        }
    };
    (0..EPOCHS).map(epoch).collect()
}

/// The figures of the trial with this number.
pub(crate) fn figures(number: u64) -> RecordedFigures {
    let accuracy = final_accuracy(number);
    RecordedFigures {
        accuracy,
        loss: Some(2.0 * (1.0 - accuracy)),
        best_epoch: Some(EPOCHS as u32),
        epochs: Some(EPOCHS as u32),
        parameters: Some(100_000),
        multiply_adds: Some(1_000_000),
        seconds: Some(EPOCHS as f64),
    }
}

/// A sweep without its trials.
pub(crate) struct Described {
    name: String,
    dataset: DatasetKey,
    task: Task,
    summary: TaskSummary,
}

/// What there is to know of a sweep of this name.
pub(crate) fn described(name: &str) -> Result<Described, Problem> {
    Ok(Described {
        name: name.to_owned(),
        dataset: dataset()?,
        task: task(),
        summary: TaskSummary {
            image: ImageSize {
                height: 80,
                width: 60,
            },
            classes: vec!["cross".to_owned(), "disc".to_owned()],
            photographs: SplitCounts::default(),
            left_out: 0,
            leaks: None,
        },
    })
}

impl Described {
    /// It with these trials.
    pub(crate) fn to_run<'a>(&'a self, trials: &'a [Trial]) -> SweepToRun<'a> {
        SweepToRun {
            name: &self.name,
            dataset: &self.dataset,
            task: &self.task,
            summary: &self.summary,
            keep: Keep::Top,
            text: "task = \"shapes\"",
            overrides: &[],
            provenance: None,
            trials,
        }
    }
}
