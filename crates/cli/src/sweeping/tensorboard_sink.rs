//! What TensorBoard gets of a trial in training.
//!
//! A trial does not depend on its pictures: the first error is shown, ends the event file and nothing else.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use fitroom_data::TaskRows;
use fitroom_domain::hyperparameters::HYPERPARAMETERS;
use fitroom_domain::{ConfusionMatrix, EpochMetrics, LossAndAccuracy, Trial, TrialState};
use fitroom_report::ConfusionPicture;
use fitroom_tensorboard::{
    EventWriter, HparamDomain, HparamInfo, HparamValue, Session, SessionStatus,
};
use fitroom_train::Fitted;
use serde::{Deserialize, Serialize};

use crate::output;

const BEST_ACCURACY: &str = "best/accuracy";
const BEST_LOSS: &str = "best/loss";

/// The states that a session can be in when it is written.
const STATES: [TrialState; 3] = [
    TrialState::Finished,
    TrialState::Diverged,
    TrialState::Failed,
];

/// A setting of training that HPARAMS shows, by name.
type Setting = (&'static str, fn(&Trial) -> f64);

/// The settings by which configurations can differ, beside the hyperparameters.
const SETTINGS: [Setting; 4] = [
    ("learning_rate", |trial| trial.train.learning_rate),
    ("batch_size", |trial| f64::from(trial.train.batch_size)),
    ("epochs", |trial| f64::from(trial.train.epochs)),
    ("patience", |trial| f64::from(trial.train.patience)),
];

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

/// The event file of one attempt.
pub(crate) struct TensorboardSink<'a> {
    trial: &'a Trial,
    sweep: &'a str,
    rows: &'a TaskRows,
    started: f64,
    /// `None` once it has failed or ended.
    writer: Option<EventWriter>,
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
        trial: &'a Trial,
        sweep: &'a str,
        rows: &'a TaskRows,
        (earlier, epoch): (Logged, u32),
    ) -> TensorboardSink<'a> {
        let names: Vec<&str> = rows
            .classes
            .iter()
            .map(|class| class.name.as_str())
            .collect();
        let started = seconds_since_1970();
        let mut sink = TensorboardSink {
            trial,
            sweep,
            rows,
            started,
            writer: None,
            logged: earlier,
            picture: ConfusionPicture::new(&names)
                .map_err(|error| warn("no confusion matrices", error))
                .ok(),
        };
        let suffix = format!("attempt-{attempt}");
        sink.writer = EventWriter::create(folder, started, "fitroom", &suffix)
            .map_err(|error| warn("nothing", error))
            .ok();
        let path = sink
            .writer
            .as_ref()
            .and_then(|writer| writer.path().file_name());
        let name = path.map(|name| name.to_string_lossy().into_owned());
        sink.logged.files.extend(name.map(|name| (name, 0)));
        // Where the epochs so far are logged once more, all that a viewer has read of the run is forgotten.
        let start = if sink.logged.whole {
            i64::from(epoch)
        } else {
            0
        };
        sink.write(|writer| Ok(writer.start(start, started)?));
        sink.write(|writer| Ok(write_experiment(writer, started)?));
        sink.mark();
        sink
    }

    /// Logs an epoch of an earlier attempt whose event file was lost, but for its confusion matrix.
    pub(crate) fn log_again(&mut self, metrics: &EpochMetrics) {
        self.scalars(metrics);
        self.mark();
    }

    /// What is logged of the epochs that have ended, once it is on the disk.
    pub(crate) fn logged(&mut self) -> &Logged {
        let synced = self.writer.as_mut().map(|writer| writer.sync());
        if let Some(Err(error)) = synced {
            self.fail(error.into());
        }
        self.logged.whole = self.writer.is_some();
        &self.logged
    }

    /// Notes that the file holds all epochs that have ended, and how long it is.
    fn mark(&mut self) {
        let Some(writer) = &self.writer else { return };
        let length = fs::metadata(writer.path()).map(|file| file.len());
        match (length, self.logged.files.last_mut()) {
            (Ok(length), Some((_, marked))) => *marked = length,
            (Err(error), _) => self.fail(error.into()),
            (Ok(_), None) => {}
        }
    }

    /// An epoch has ended.
    pub(crate) fn epoch(&mut self, metrics: &EpochMetrics, confusion: &ConfusionMatrix) {
        self.scalars(metrics);
        let step = i64::from(metrics.epoch);
        self.confusion(step, "confusion_matrix", confusion);
        self.mark();
    }

    fn scalars(&mut self, metrics: &EpochMetrics) {
        let learning_rate = self.trial.train.learning_rate;
        let values = [
            ("loss/train", metrics.train.loss as f32),
            ("loss/validation", metrics.validation.loss as f32),
            ("accuracy/train", metrics.train.accuracy as f32),
            ("accuracy/validation", metrics.validation.accuracy as f32),
            ("learning_rate", learning_rate as f32),
        ];
        let step = i64::from(metrics.epoch);
        self.write(|writer| Ok(writer.scalars(step, seconds_since_1970(), &values)?));
    }

    /// The best weights are restored: their figures, and the end of the event file.
    pub(crate) fn finish(&mut self, fitted: &Fitted) {
        let LossAndAccuracy { loss, accuracy } = fitted.validation;
        let values = [(BEST_ACCURACY, accuracy as f32), (BEST_LOSS, loss as f32)];
        let step = i64::from(fitted.best_epoch);
        self.write(|writer| Ok(writer.scalars(step, seconds_since_1970(), &values)?));
        match fitted.predicted.confusion(&self.rows.validation) {
            Ok(confusion) => self.confusion(step, "confusion_matrix/best", &confusion),
            Err(error) => warn("no confusion matrix of the best weights", error),
        }
        self.end(TrialState::Finished);
    }

    /// The attempt ended in this state: the end of the event file.
    ///
    /// Only now is the session written, with its start: of a run's hyperparameters TensorBoard takes the
    /// first for good, and the state is one of them. An attempt that was interrupted has none.
    pub(crate) fn end(&mut self, state: TrialState) {
        let (trial, sweep, started) = (self.trial, self.sweep, self.started);
        self.write(|writer| Ok(write_session(writer, trial, sweep, started, state)?));
        self.close();
    }

    /// The attempt stopped without an end: another one will train the trial.
    pub(crate) fn close(&mut self) {
        if let Some(Err(error)) = self.writer.take().map(EventWriter::finish) {
            warn("no more of this trial", error);
        }
    }

    fn confusion(&mut self, step: i64, tag: &str, confusion: &ConfusionMatrix) {
        let Some(picture) = &self.picture else {
            return;
        };
        let drawn = picture.draw(confusion);
        self.write(|writer| {
            let picture = drawn?;
            let (width, height) = (picture.width, picture.height);
            Ok(writer.image(step, seconds_since_1970(), tag, width, height, &picture.png)?)
        });
    }

    /// Writes and hands it to the system, so that TensorBoard follows.
    fn write(&mut self, write: impl FnOnce(&mut EventWriter) -> anyhow::Result<()>) {
        let Some(writer) = &mut self.writer else {
            return;
        };
        if let Err(error) = write(writer).and_then(|()| Ok(writer.flush()?)) {
            self.fail(error);
        }
    }

    fn fail(&mut self, error: anyhow::Error) {
        warn("no more of this trial", error);
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

/// The experiment is the same for all trials of all sweeps, for TensorBoard takes that of any one of them.
/// So it has no lists of values, and "differs" is what sweeps search, not what they find.
fn write_experiment(
    writer: &mut EventWriter,
    wall_time: f64,
) -> Result<(), fitroom_tensorboard::WriteEventError> {
    let states = STATES.map(TrialState::as_str);
    let info = |name, domain, differs| HparamInfo {
        name,
        domain,
        differs,
    };
    let searched = HYPERPARAMETERS.map(|it| info(it.name, HparamDomain::Number, true));
    let settings = SETTINGS.map(|(name, _)| info(name, HparamDomain::Number, false));
    let texts = ["dataset", "task", "sweep"].map(|name| info(name, HparamDomain::Text, false));
    let state = info("state", HparamDomain::OneOf(&states), false);
    let infos: Vec<HparamInfo<'_>> = (searched.into_iter().chain(settings).chain(texts))
        .chain([state])
        .collect();
    writer.hparams_experiment(wall_time, &infos, &[BEST_ACCURACY, BEST_LOSS])
}

fn write_session(
    writer: &mut EventWriter,
    trial: &Trial,
    sweep: &str,
    started: f64,
    state: TrialState,
) -> Result<(), fitroom_tensorboard::WriteEventError> {
    let number = HparamValue::Number;
    let hparams: Vec<(&str, HparamValue<'_>)> = HYPERPARAMETERS
        .iter()
        .map(|it| (it.name, number((it.value)(&trial.hyperparameters))))
        .chain(SETTINGS.map(|(name, value)| (name, number(value(trial)))))
        .chain([
            ("dataset", HparamValue::Text(&trial.dataset.name)),
            ("task", HparamValue::Text(&trial.task.name)),
            ("sweep", HparamValue::Text(sweep)),
            ("state", HparamValue::Text(state.as_str())),
        ])
        .collect();
    let group = group(trial, state);
    let session = Session {
        group: &group,
        hparams: &hparams,
        started,
    };
    let status = match state {
        TrialState::Finished => SessionStatus::Success,
        _ => SessionStatus::Failure,
    };
    let now = seconds_since_1970();
    writer.hparams_session_start(now, &session)?;
    writer.hparams_session_end(now, status)
}

/// What the seeds of a configuration on a dataset have in common. Those that did not finish stand apart:
/// TensorBoard gives the mean of a group's metrics without saying of how many, and one state for all.
fn group(trial: &Trial, state: TrialState) -> String {
    let mut group = format!(
        "{}/{}-{}",
        trial.dataset.name,
        trial.hyperparameters.short_name(),
        &trial.configuration_id()[..8]
    );
    if state != TrialState::Finished {
        group.push('-');
        group.push_str(state.as_str());
    }
    group
}

fn warn(what: &str, error: impl Into<anyhow::Error>) {
    let error: anyhow::Error = error.into();
    output::message(&format!("warning: TensorBoard gets {what}: {error:#}"));
}

/// The wall clock as event files have it.
fn seconds_since_1970() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}
