//! How fast a sweep's networks train: a few are measured, the others follow from them.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use fitroom_data::{Dataset, TaskRows};
use fitroom_domain::{TaskSummary, Trial};
use fitroom_train::{Engine, Pace, Training, measure_pace, numerics};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

/// Networks that are measured at most.
const MOST: usize = 8;

/// How long all of them may take together.
const TIME: Duration = Duration::from_secs(20);

/// How long one takes at most, but for its first steps.
const TIME_EACH: Duration = Duration::from_millis(1500);

/// In the `runs/` folder: what was measured before.
const CACHE: &str = ".paces.json";

/// How long it counts: machines change.
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// What is needed to measure.
pub(crate) struct Probe<'a> {
    pub(crate) dataset: &'a Dataset,
    pub(crate) rows: &'a TaskRows,
    pub(crate) summary: &'a TaskSummary,
    pub(crate) engine: Engine,
    /// Trials that will be trained at the same time: they slow each other down.
    pub(crate) workers: NonZeroUsize,
    /// Whether trials are in training now: what is measured beside them is not kept.
    pub(crate) busy: bool,
}

/// Measured paces with the multiply-adds of their networks.
pub(crate) struct Paces(Vec<(f64, Pace)>);

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Measured {
    step: f64,
    prediction: f64,
}

type Cache = BTreeMap<String, Measured>;

impl Probe<'_> {
    /// Measures a few of these trials' networks, from the smallest to the largest, unless they were before.
    pub(crate) fn measure(&self, trials: &[&Trial], runs: &Path) -> anyhow::Result<Paces> {
        let mut cache = read(&runs.join(CACHE)).unwrap_or_default();
        let (chosen, begin) = (self.choose(trials), Instant::now());
        let mut paces = Vec::new();
        let mut measured = false;
        for (position, (multiply_adds, trial)) in chosen.iter().enumerate() {
            let key = self.key(trial);
            let pace = match cache.get(&key) {
                Some(&Measured { step, prediction }) => Pace { step, prediction },
                None => {
                    let left = TIME.saturating_sub(begin.elapsed());
                    // The smallest one is measured in any case.
                    if left.is_zero() && position > 0 {
                        continue;
                    }
                    let share = left / (chosen.len() - position) as u32;
                    let pace = self.pace(trial, share.min(TIME_EACH))?;
                    let Pace { step, prediction } = pace;
                    cache.insert(key, Measured { step, prediction });
                    measured = true;
                    pace
                }
            };
            paces.push((*multiply_adds, pace));
        }
        if measured && !self.busy && runs.exists() {
            // It only saves time.
            let _ = write(&cache, runs);
        }
        Ok(Paces(paces))
    }

    /// The networks to be measured with their multiply-adds: each once, from the smallest to the largest.
    fn choose<'t>(&self, trials: &[&'t Trial]) -> Vec<(f64, &'t Trial)> {
        let mut networks: BTreeMap<(u64, String), &Trial> = BTreeMap::new();
        for trial in trials {
            if let Ok(network) = self.summary.network(&trial.hyperparameters) {
                networks.insert((network.multiply_adds(), self.key(trial)), trial);
            }
        }
        let networks: Vec<(f64, &Trial)> = networks
            .into_iter()
            .map(|((multiply_adds, _), trial)| (multiply_adds as f64, trial))
            .collect();
        let count = networks.len().min(MOST);
        let spread = |position: usize| match count {
            0 | 1 => 0,
            _ => position * (networks.len() - 1) / (count - 1),
        };
        (0..count)
            .map(|position| networks[spread(position)])
            .collect()
    }

    /// All that a pace depends on.
    fn key(&self, trial: &Trial) -> String {
        let hyperparameters = &trial.hyperparameters;
        format!(
            "fitroom {}; {}; {} at a time; {}×{}, kernels {} and {}, {} of them, {} units, {} classes, batches of {}",
            env!("CARGO_PKG_VERSION"),
            numerics(self.engine, trial.train.threads),
            self.workers,
            self.summary.image.width,
            self.summary.image.height,
            hyperparameters.kernel_size_1,
            hyperparameters.kernel_size_2,
            hyperparameters.kernel_num,
            hyperparameters.dense_size,
            self.summary.classes.len(),
            trial.train.batch_size
        )
    }

    /// The mean pace of as many of these trials as will be trained at the same time.
    fn pace(&self, trial: &Trial, time: Duration) -> anyhow::Result<Pace> {
        let one = || {
            let training = Training::begin(trial, self.dataset, self.rows, self.engine)?;
            anyhow::Ok(measure_pace(training, time)?)
        };
        let paces = thread::scope(|scope| {
            let threads: Vec<_> = (0..self.workers.get()).map(|_| scope.spawn(one)).collect();
            let results = threads.into_iter().map(|thread| thread.join());
            results
                .map(|result| result.unwrap_or_else(|_| Err(anyhow!("a thread panicked"))))
                .collect::<anyhow::Result<Vec<Pace>>>()
        })
        .with_context(|| format!("failed to measure {}", trial.name()))?;
        let mean =
            |part: fn(&Pace) -> f64| paces.iter().map(part).sum::<f64>() / paces.len() as f64;
        Ok(Pace {
            step: mean(|pace| pace.step),
            prediction: mean(|pace| pace.prediction),
        })
    }
}

/// What was measured not long ago. What cannot be read is measured again.
fn read(file: &Path) -> Option<Cache> {
    let age = fs::metadata(file).ok()?.modified().ok()?.elapsed().ok()?;
    let bytes = (age < FRESH).then(|| fs::read(file).ok())??;
    serde_json::from_slice(&bytes).ok()
}

fn write(cache: &Cache, runs: &Path) -> anyhow::Result<()> {
    let file = NamedTempFile::new_in(runs)?;
    serde_json::to_writer_pretty(&file, cache)?;
    file.persist(runs.join(CACHE))?;
    Ok(())
}

impl Paces {
    /// The pace of a network of so many multiply-adds: that of the nearest one that was measured, slower or
    /// faster as it has more or fewer of them.
    pub(crate) fn of(&self, multiply_adds: f64) -> Pace {
        let distance = |measured: f64| (measured / multiply_adds).ln().abs();
        let nearest = self.0.iter();
        let nearest = nearest.min_by(|one, other| distance(one.0).total_cmp(&distance(other.0)));
        nearest.map_or(
            Pace {
                step: 0.0,
                prediction: 0.0,
            },
            |(measured, pace)| {
                let factor = multiply_adds / measured;
                Pace {
                    step: pace.step * factor,
                    prediction: pace.prediction * factor,
                }
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_that_were_not_measured_follow_from_the_nearest() {
        let pace = |step| Pace {
            step,
            prediction: step / 100.0,
        };
        let paces = Paces(vec![(100.0, pace(1.0)), (1000.0, pace(8.0))]);
        assert_eq!(paces.of(100.0), pace(1.0));
        assert_eq!(paces.of(200.0), pace(2.0));
        assert_eq!(paces.of(500.0), pace(4.0));
        assert_eq!(paces.of(2000.0), pace(16.0));
    }
}
