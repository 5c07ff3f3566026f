//! What TensorBoard gets of a trial in training.
//!
//! A trial does not depend on its pictures: the first error is shown, ends the event file and nothing else.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use fitroom_data::{Dataset, TaskRows};
use fitroom_domain::{
    ConfusionMatrix, EpochMetrics, LossAndAccuracy, TaskSummary, Trial, TrialState,
};
use fitroom_report::{ConfusionPicture, Picture, PictureError};
use fitroom_sweep::SweepFile;
use fitroom_tensorboard::{EventWriter, Histogram};
use fitroom_train::{Fitted, Training};
use serde::{Deserialize, Serialize};

use super::draw_mistakes::draw_mistakes;
use super::hparams_records::{write_charts, write_experiment, write_session};
use super::tensorboard_tags as tags;
use super::trial_text::{how_it_ended, what_is_trained};
use crate::output;

/// What TensorBoard gets after an error.
const NO_MORE: &str = "no more of this trial";

/// The event files that hold the epochs before a checkpoint: what it says of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Logged {
    /// Names, and bytes up to the end of the last of these epochs.
    pub(crate) files: Vec<(String, u64)>,
    /// Whether they hold all of these epochs.
    pub(crate) whole: bool,
}

impl Logged {
    /// How many bytes of this file count; `None` if it does not.
    pub(crate) fn length(&self, name: &str) -> Option<u64> {
        let counts = self.files.iter().find(|(file, _)| file == name);
        counts.filter(|_| self.whole).map(|(_, length)| *length)
    }
}

/// What an event file is about.
#[derive(Clone, Copy)]
pub(crate) struct Logging<'a> {
    pub(crate) trial: &'a Trial,
    pub(crate) sweep: &'a SweepFile,
    pub(crate) dataset: &'a Dataset,
    pub(crate) rows: &'a TaskRows,
    pub(crate) summary: &'a TaskSummary,
}

/// The event file of one attempt.
pub(crate) struct TensorboardSink<'a> {
    about: Logging<'a>,
    started: f64,
    /// `None` once it has failed or ended.
    writer: Option<EventWriter>,
    /// The first error, until somebody takes it.
    error: Option<String>,
    /// What is logged of the epochs that have ended.
    logged: Logged,
    /// `None` where no picture is possible, of a hundred classes and more for example.
    picture: Option<ConfusionPicture>,
}

impl<'a> TensorboardSink<'a> {
    /// Begins the event file of an attempt in the folder of its trial. `earlier` are the files of the attempts
    /// that it goes on from, which hold the epochs before `epoch`.
    pub(crate) fn begin(
        folder: &Path,
        attempt: u32,
        about: Logging<'a>,
        (earlier, epoch): (Logged, u32),
    ) -> TensorboardSink<'a> {
        let classes = about.summary.classes.iter();
        let names: Vec<&str> = classes.map(String::as_str).collect();
        let started = seconds_since_1970();
        let goes_on = earlier.whole;
        let mut sink = TensorboardSink {
            about,
            started,
            writer: None,
            error: None,
            logged: earlier,
            picture: ConfusionPicture::new(&names)
                .map_err(|error| warn("no confusion matrices", &error.into()))
                .ok(),
        };
        let suffix = format!("attempt-{attempt}");
        match EventWriter::create(folder, started, "fitroom", &suffix) {
            Ok(writer) => {
                let name = writer.path().file_name().unwrap_or_default();
                let name = name.to_string_lossy().into_owned();
                sink.logged.files.push((name, 0));
                sink.writer = Some(writer);
            }
            Err(error) => sink.fail("nothing", error.into()),
        }
        // Where the epochs so far are logged once more, all that a viewer has read of the run is forgotten.
        let start = if goes_on { i64::from(epoch) } else { 0 };
        sink.write(|writer| Ok(writer.start(start, started)?));
        sink.write(|writer| Ok(write_experiment(writer, started)?));
        if !goes_on {
            sink.write(|writer| Ok(write_charts(writer, started)?));
            let text = what_is_trained(about.trial, &about.sweep.name, about.summary);
            sink.write(|writer| Ok(writer.text(0, started, tags::SUMMARY, &text)?));
        }
        sink.mark();
        sink
    }

    /// Logs an epoch of an earlier attempt whose event file was lost: its scalars, the only thing that is known
    /// of it.
    pub(crate) fn log_again(&mut self, metrics: &EpochMetrics) {
        self.scalars(metrics);
        self.mark();
    }

    /// What is logged of the epochs that have ended, once it is on the disk.
    pub(crate) fn logged(&mut self) -> &Logged {
        let synced = self.writer.as_mut().map(|writer| writer.sync());
        if let Some(Err(error)) = synced {
            self.fail(NO_MORE, error.into());
        }
        self.logged.whole = self.writer.is_some();
        &self.logged
    }

    /// The first error, once.
    pub(crate) fn take_error(&mut self) -> Option<String> {
        self.error.take()
    }

    /// Hands what was written to the system, so that TensorBoard follows, and notes that the file holds all
    /// epochs that have ended, and how long it is.
    fn mark(&mut self) {
        let Some(writer) = &mut self.writer else {
            return;
        };
        let flushed = writer.flush().map_err(anyhow::Error::from);
        let length = flushed.and_then(|()| Ok(fs::metadata(writer.path())?.len()));
        match (length, self.logged.files.last_mut()) {
            (Ok(length), Some((_, marked))) => *marked = length,
            (Err(error), _) => self.fail(NO_MORE, error),
            (Ok(_), None) => {}
        }
    }

    /// An epoch has ended.
    pub(crate) fn epoch(
        &mut self,
        metrics: &EpochMetrics,
        confusion: &ConfusionMatrix,
        training: &Training<'_>,
    ) {
        let due =
            |every: Option<u32>| every.is_some_and(|every| metrics.epoch.is_multiple_of(every));
        let settings = self.about.sweep.tensorboard;
        let step = i64::from(metrics.epoch);
        self.scalars(metrics);
        if due(settings.histograms_every) {
            self.histograms(step, training);
        }
        if due(settings.confusion_matrices_every) {
            self.confusion(step, tags::CONFUSION_MATRIX, confusion);
        }
        self.mark();
    }

    fn scalars(&mut self, metrics: &EpochMetrics) {
        let learning_rate = self.about.trial.train.learning_rate;
        let values = [
            (tags::LOSS_TRAIN, metrics.train.loss as f32),
            (tags::LOSS_VALIDATION, metrics.validation.loss as f32),
            (tags::ACCURACY_TRAIN, metrics.train.accuracy as f32),
            (
                tags::ACCURACY_VALIDATION,
                metrics.validation.accuracy as f32,
            ),
            (tags::LEARNING_RATE, learning_rate as f32),
        ];
        let step = i64::from(metrics.epoch);
        self.write(|writer| Ok(writer.scalars(step, seconds_since_1970(), &values)?));
    }

    fn histograms(&mut self, step: i64, training: &Training<'_>) {
        self.write(|writer| {
            let mut written = Ok(());
            training.each_weight(&mut |name, values| {
                if written.is_ok() {
                    let (tag, histogram) = (tags::of_weights(name), Histogram::of(values));
                    written = writer.histogram(step, seconds_since_1970(), &tag, &histogram);
                }
            })?;
            Ok(written?)
        });
    }

    /// The best weights are restored: their figures, and the end of the event file.
    pub(crate) fn finish(&mut self, fitted: &Fitted) {
        let LossAndAccuracy { loss, accuracy } = fitted.validation;
        let values = [
            (tags::BEST_ACCURACY, accuracy as f32),
            (tags::BEST_LOSS, loss as f32),
        ];
        let step = i64::from(fitted.best_epoch);
        self.write(|writer| Ok(writer.scalars(step, seconds_since_1970(), &values)?));
        match fitted.predicted.confusion(&self.about.rows.validation) {
            Ok(confusion) => self.confusion(step, tags::BEST_CONFUSION_MATRIX, &confusion),
            Err(error) => warn("no confusion matrix of the best weights", &error.into()),
        }
        let mistakes = draw_mistakes(&self.about, &fitted.predicted);
        self.picture(step, tags::BEST_MISTAKES, mistakes);
        self.conclude(TrialState::Finished, Some(fitted));
    }

    /// The attempt ended in this state: the end of the event file.
    pub(crate) fn end(&mut self, state: TrialState) {
        self.conclude(state, None);
    }

    /// Only now is the session written, with its start: of a run's hyperparameters TensorBoard takes the
    /// first for good, and the state is one of them. An attempt that was interrupted has none.
    fn conclude(&mut self, state: TrialState, fitted: Option<&Fitted>) {
        let (about, started, now) = (self.about, self.started, seconds_since_1970());
        let step = fitted.map_or(0, |fitted| i64::from(fitted.best_epoch));
        let text = how_it_ended(state, fitted);
        self.write(|writer| Ok(writer.text(step, now, tags::RESULT, &text)?));
        let sweep = &about.sweep.name;
        self.write(|writer| {
            Ok(write_session(
                writer,
                about.trial,
                sweep,
                (started, now),
                state,
            )?)
        });
        self.close();
    }

    /// The attempt stopped without an end: another one will train the trial.
    pub(crate) fn close(&mut self) {
        if let Some(Err(error)) = self.writer.take().map(EventWriter::finish) {
            self.fail(NO_MORE, error.into());
        }
    }

    fn confusion(&mut self, step: i64, tag: &str, confusion: &ConfusionMatrix) {
        let drawn = self.picture.as_ref().map(|picture| picture.draw(confusion));
        self.picture(step, tag, drawn.transpose());
    }

    fn picture(&mut self, step: i64, tag: &str, drawn: Result<Option<Picture>, PictureError>) {
        match drawn {
            Ok(Some(picture)) => self.write(|writer| {
                let (width, height) = (picture.width, picture.height);
                let png = &picture.png;
                Ok(writer.image(step, seconds_since_1970(), tag, width, height, png)?)
            }),
            Ok(None) => {}
            Err(error) => warn(&format!("no `{tag}`"), &error.into()),
        }
    }

    fn write(&mut self, write: impl FnOnce(&mut EventWriter) -> anyhow::Result<()>) {
        let Some(writer) = &mut self.writer else {
            return;
        };
        if let Err(error) = write(writer) {
            self.fail(NO_MORE, error);
        }
    }

    fn fail(&mut self, what: &str, error: anyhow::Error) {
        warn(what, &error);
        self.error = Some(format!("{error:#}"));
        self.writer = None;
    }
}

impl Drop for TensorboardSink<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.end(TrialState::Failed);
        }
    }
}

fn warn(what: &str, error: &anyhow::Error) {
    output::message(&format!("warning: TensorBoard gets {what}: {error:#}"));
}

/// The wall clock as event files have it.
fn seconds_since_1970() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}
