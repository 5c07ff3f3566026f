//! Hyperparameters and how runs ended, for the HPARAMS page.
//!
//! Three records, each of which TensorBoard reads from a reserved tag's metadata:
//!
//! ```text
//! _hparams_/experiment           which hyperparameters and metrics there are
//! _hparams_/session_start_info   a run's hyperparameters, its group, and when it began
//! _hparams_/session_end_info     how and when it ended
//! ```
//!
//! Of several records under one tag of a run the first counts, and of the experiments of all runs any one:
//! runs that are shown together must have equal ones.

use protobuf::Message;
use protobuf::well_known_types::{ListValue, Value};
use tensorboard_proto::api::{
    DataType as HparamType, Experiment, HParamInfo, MetricInfo, MetricName, Status,
};
use tensorboard_proto::plugin_hparams::{HParamsPluginData, SessionEndInfo, SessionStartInfo};

use crate::event_writer::{EventWriter, WriteEventError};
use crate::plugin_value::{empty_tensor, plugin_value, summary_of};

/// The number of `HParamInfo.differs`, which is younger than the messages of tensorboard-proto.
const DIFFERS: u32 = 7;

/// A hyperparameter of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HparamInfo<'a> {
    /// Its name, unique in the experiment.
    pub name: &'a str,
    /// What its values are.
    pub domain: HparamDomain<'a>,
    /// Whether runs differ in it. TensorBoard shows these columns first, and only five of all before
    /// somebody ticks more.
    pub differs: bool,
}

/// The values that a hyperparameter may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HparamDomain<'a> {
    /// Any number. TensorBoard offers a range to filter by.
    Number,
    /// Any text. TensorBoard offers no filter.
    Text,
    /// One of these texts. TensorBoard offers a box to tick for each.
    OneOf(&'a [&'a str]),
}

/// The value of a hyperparameter in a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HparamValue<'a> {
    /// A finite number: TensorBoard leaves others out.
    Number(f64),
    /// A text.
    Text(&'a str),
}

/// A run as the HPARAMS page lists it.
#[derive(Debug, Clone, Copy)]
pub struct Session<'a> {
    /// Runs with this name in common are one row, whose metrics are the means of theirs.
    pub group: &'a str,
    /// Its hyperparameters by name; TensorBoard takes those of a group's first run for all.
    pub hparams: &'a [(&'a str, HparamValue<'a>)],
    /// When it began, in seconds since 1970, UTC.
    pub started: f64,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionStatus {
    /// Well.
    Success,
    /// Not well.
    Failure,
}

impl EventWriter {
    /// Adds the experiment that this run belongs to: its hyperparameters, and the tags of scalars that are
    /// its metrics. Must be equal in all runs that are shown together.
    ///
    /// # Errors
    /// When the event cannot be written. The file is then not to be written any further.
    pub fn hparams_experiment(
        &mut self,
        wall_time: f64,
        hparams: &[HparamInfo<'_>],
        metrics: &[&str],
    ) -> Result<(), WriteEventError> {
        let mut experiment = Experiment::new();
        experiment.hparam_infos = hparams.iter().map(HparamInfo::message).collect();
        experiment.metric_infos = metrics.iter().map(|tag| metric_message(tag)).collect();
        let mut data = HParamsPluginData::new();
        data.set_experiment(experiment);
        self.add_hparams("_hparams_/experiment", wall_time, &data)
    }

    /// Adds the run's hyperparameters and group.
    ///
    /// # Errors
    /// When the event cannot be written. The file is then not to be written any further.
    pub fn hparams_session_start(
        &mut self,
        wall_time: f64,
        session: &Session<'_>,
    ) -> Result<(), WriteEventError> {
        let mut start = SessionStartInfo::new();
        start.hparams = session
            .hparams
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.message()))
            .collect();
        start.set_group_name(session.group.to_owned());
        start.set_start_time_secs(session.started);
        let mut data = HParamsPluginData::new();
        data.set_session_start_info(start);
        self.add_hparams("_hparams_/session_start_info", wall_time, &data)
    }

    /// Adds how the run ended, at `wall_time`.
    ///
    /// # Errors
    /// When the event cannot be written. The file is then not to be written any further.
    pub fn hparams_session_end(
        &mut self,
        wall_time: f64,
        status: SessionStatus,
    ) -> Result<(), WriteEventError> {
        let mut end = SessionEndInfo::new();
        end.set_status(match status {
            SessionStatus::Success => Status::STATUS_SUCCESS,
            SessionStatus::Failure => Status::STATUS_FAILURE,
        });
        end.set_end_time_secs(wall_time);
        let mut data = HParamsPluginData::new();
        data.set_session_end_info(end);
        self.add_hparams("_hparams_/session_end_info", wall_time, &data)
    }

    fn add_hparams(
        &mut self,
        tag: &str,
        wall_time: f64,
        data: &HParamsPluginData,
    ) -> Result<(), WriteEventError> {
        let content = data.write_to_bytes();
        let content = content.map_err(|error| self.write_error(error.into()))?;
        let mut value = plugin_value(tag, "hparams", content);
        value.set_tensor(empty_tensor());
        self.add_summary(0, wall_time, summary_of(value))
    }
}

impl HparamInfo<'_> {
    fn message(&self) -> HParamInfo {
        let mut info = HParamInfo::new();
        info.set_name(self.name.to_owned());
        match self.domain {
            HparamDomain::Number => info.set_field_type(HparamType::DATA_TYPE_FLOAT64),
            HparamDomain::Text => info.set_field_type(HparamType::DATA_TYPE_STRING),
            HparamDomain::OneOf(values) => {
                info.set_field_type(HparamType::DATA_TYPE_STRING);
                let mut list = ListValue::new();
                list.values = values
                    .iter()
                    .map(|value| HparamValue::Text(value).message())
                    .collect();
                info.set_domain_discrete(list);
            }
        }
        if self.differs {
            info.mut_unknown_fields().add_varint(DIFFERS, 1);
        }
        info
    }
}

impl HparamValue<'_> {
    fn message(&self) -> Value {
        let mut value = Value::new();
        match self {
            HparamValue::Number(number) => value.set_number_value(*number),
            HparamValue::Text(text) => value.set_string_value((*text).to_owned()),
        }
        value
    }
}

fn metric_message(tag: &str) -> MetricInfo {
    let mut name = MetricName::new();
    name.set_tag(tag.to_owned());
    let mut info = MetricInfo::new();
    info.set_name(name);
    info
}
