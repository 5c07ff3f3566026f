//! Hyperparameters and how runs ended, as they are read; `hparams` writes them.

use std::collections::BTreeMap;

use crate::hparams::SessionStatus;
use crate::messages::{self, HParamsKind, HParamsPluginData, HparamKind, status};

/// Which hyperparameters and metrics runs have that are shown together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoggedExperiment {
    /// The names of the hyperparameters, in the writer's order.
    pub hparams: Vec<String>,
    /// The metrics, in the writer's order.
    pub metrics: Vec<LoggedMetric>,
}

/// A metric: scalars under a tag.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoggedMetric {
    /// The run that has the scalars, as a path below that of the session; empty where it is the same.
    pub group: String,
    /// The tag of the scalars.
    pub tag: String,
}

/// A run's hyperparameters, and when it began.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LoggedStart {
    /// The hyperparameters by name. Values that are neither number nor text nor flag are left out.
    pub hparams: BTreeMap<String, LoggedHparam>,
    /// The name that runs have in common which are shown as one; may be empty.
    pub group: String,
    /// When it began, in seconds since 1970, UTC; `None` where the writer does not say.
    pub started: Option<f64>,
}

/// The value of a hyperparameter.
#[derive(Debug, Clone, PartialEq)]
pub enum LoggedHparam {
    /// A number; perhaps not finite.
    Number(f64),
    /// A text.
    Text(String),
    /// True or false.
    Flag(bool),
}

/// How and when a run ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoggedEnd {
    /// How it ended; `None` where the writer does not know, or the run had not ended.
    pub status: Option<SessionStatus>,
    /// When it ended, in seconds since 1970, UTC; `None` where the writer does not say.
    pub ended: Option<f64>,
}

/// The only version of the records that there is.
const VERSION: i32 = 0;

/// One of the three records.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum HparamsRecord {
    Experiment(LoggedExperiment),
    Start(LoggedStart),
    End(LoggedEnd),
}

/// What `message` means under `tag`. `None` where the record is another than the tag's, or of a version that we
/// do not know: TensorBoard does not show it either.
pub(crate) fn hparams_record(tag: &str, message: HParamsPluginData) -> Option<HparamsRecord> {
    if message.version != VERSION {
        return None;
    }
    match (tag, message.data?) {
        ("_hparams_/experiment", HParamsKind::Experiment(message)) => {
            Some(HparamsRecord::Experiment(experiment(message)))
        }
        ("_hparams_/session_start_info", HParamsKind::SessionStart(message)) => {
            Some(HparamsRecord::Start(LoggedStart {
                hparams: hparams(message.hparams),
                group: message.group_name,
                started: time(message.start_time_secs),
            }))
        }
        ("_hparams_/session_end_info", HParamsKind::SessionEnd(message)) => {
            Some(HparamsRecord::End(LoggedEnd {
                status: match message.status {
                    status::SUCCESS => Some(SessionStatus::Success),
                    status::FAILURE => Some(SessionStatus::Failure),
                    _ => None,
                },
                ended: time(message.end_time_secs),
            }))
        }
        _ => None,
    }
}

fn experiment(message: messages::Experiment) -> LoggedExperiment {
    let metrics = message.metric_infos.into_iter();
    let metrics = metrics.filter_map(|info| info.name);
    LoggedExperiment {
        hparams: (message.hparam_infos.into_iter())
            .map(|info| info.name)
            .collect(),
        metrics: metrics
            .map(|name| LoggedMetric {
                group: name.group,
                tag: name.tag,
            })
            .collect(),
    }
}

fn hparams(messages: BTreeMap<String, messages::HparamProto>) -> BTreeMap<String, LoggedHparam> {
    let value = |kind| match kind {
        HparamKind::Number(number) => LoggedHparam::Number(number),
        HparamKind::Text(text) => LoggedHparam::Text(text),
        HparamKind::Flag(flag) => LoggedHparam::Flag(flag),
    };
    (messages.into_iter())
        .filter_map(|(name, message)| Some((name, value(message.kind?))))
        .collect()
}

/// Protobuf has no word for a number that is missing: it is 0.
fn time(seconds: f64) -> Option<f64> {
    (seconds.is_finite() && seconds != 0.0).then_some(seconds)
}
