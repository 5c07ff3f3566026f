//! `[train]` of a sweep file.

use fitroom_domain::TrainSettings;
use fitroom_domain::keep::Keep;

use crate::keys::{BATCH_SIZE, EPOCHS, KEEP, LEARNING_RATE, PATIENCE, SEEDS, THREADS};
use crate::settings::Settings;
use crate::sweep_file::SweepFileError;

/// The settings that are part of a trial's identity, the seeds, and whose weights are kept.
pub(crate) fn read(
    settings: &Settings<'_>,
) -> Result<(TrainSettings, Vec<u64>, Keep), SweepFileError> {
    let default = TrainSettings::default();
    // A value is in its range if the defaults, with it in place of one of them, are valid.
    let count = |key, with: fn(u32, TrainSettings) -> TrainSettings| {
        settings.single(key, |value| {
            let fits = |&count: &u32| with(count, TrainSettings::default()).checked().is_ok();
            value.whole().filter(fits)
        })
    };
    let epochs = count(&EPOCHS, |epochs, rest| TrainSettings { epochs, ..rest })?;
    let batch_size = count(&BATCH_SIZE, |batch_size, rest| TrainSettings {
        batch_size,
        ..rest
    })?;
    let learning_rate = settings.single(&LEARNING_RATE, |value| {
        value.number().filter(|&learning_rate| {
            let rest = TrainSettings::default();
            TrainSettings {
                learning_rate,
                ..rest
            }
            .checked()
            .is_ok()
        })
    })?;
    let patience = count(&PATIENCE, |patience, rest| TrainSettings {
        patience,
        ..rest
    })?;
    let threads = count(&THREADS, |threads, rest| TrainSettings { threads, ..rest })?;
    let train = TrainSettings {
        epochs: epochs.unwrap_or(default.epochs),
        batch_size: batch_size.unwrap_or(default.batch_size),
        learning_rate: learning_rate.unwrap_or(default.learning_rate),
        patience: patience.unwrap_or(default.patience),
        threads: threads.unwrap_or(default.threads),
    };

    let seeds = settings.several(&SEEDS, |value| {
        let fits = |&seed: &u64| i64::try_from(seed).is_ok();
        value.whole().filter(fits)
    })?;
    let keep = settings.single(&KEEP, |value| match value.text()? {
        "top" => Some(Keep::Top),
        "all" => Some(Keep::All),
        _ => None,
    })?;
    Ok((
        train,
        seeds.unwrap_or_else(|| vec![0]),
        keep.unwrap_or_default(),
    ))
}
