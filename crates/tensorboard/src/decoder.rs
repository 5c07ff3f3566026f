//! Bytes of a record become an event.
//!
//! A value says what it is by its own form (a number, a picture, a histogram of TensorFlow 1), or else it is a
//! tensor, and the name of a plugin in its metadata says how to read it. Writers may leave the metadata out after
//! a tag's first value, and so that one decides for all.

use std::collections::HashMap;

use prost::{DecodeError, Message};

use crate::bucket;
use crate::event::{Event, Picture, TaggedValue, Value, What};
use crate::logged_session::{HparamsRecord, hparams_record};
use crate::messages::{self, EventKind, HParamsPluginData, TensorProto, ValueKind};

/// How many values an event may have. Writers put in one, or one for each metric; more than a million are an attack
/// on the reader's memory.
pub const MAX_VALUES: usize = 1 << 20;

/// How many tags a decoder remembers. A run has hundreds.
const MAX_TAGS: usize = 1 << 18;

/// The key of the only field of a summary: number 1, with a length.
const VALUE_KEY: usize = 1 << 3 | 2;

/// Decodes the events of one run, in their order.
#[derive(Debug, Default)]
pub struct Decoder {
    /// By tag, what its first value was; of the first [`MAX_TAGS`] tags.
    plugins: HashMap<String, Plugin>,
}

/// How the values of a tag are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plugin {
    Scalars,
    Images,
    Histograms,
    Text,
    Hparams,
    KerasModel,
    Other,
}

/// Why a record is no event. The next record may be one.
#[derive(Debug, thiserror::Error)]
pub enum DecodeEventError {
    /// The event is no such protobuf message, or one of its values is not.
    #[error(transparent)]
    Message(#[from] DecodeError),
    /// A summary has something else than values.
    #[error("the summary has a field of key {key}, want {VALUE_KEY}")]
    Summary {
        /// The key: eight times the field's number, plus its type.
        key: usize,
    },
    /// The event has more than [`MAX_VALUES`] values.
    #[error("the event has more than {MAX_VALUES} values")]
    TooManyValues,
    /// What a value says about hyperparameters is no such protobuf message.
    #[error("the hyperparameters under `{tag}` cannot be read")]
    Hparams {
        /// The value's tag.
        tag: String,
        /// Why not.
        source: DecodeError,
    },
}

impl Decoder {
    /// A decoder that knows no tag yet.
    pub fn new() -> Decoder {
        Decoder::default()
    }

    /// The event that `record` holds.
    ///
    /// # Errors
    /// When it holds none.
    pub fn decode(&mut self, record: &[u8]) -> Result<Event, DecodeEventError> {
        let messages::Event {
            wall_time,
            step,
            what,
        } = messages::Event::decode(record)?;
        let what = match what {
            Some(EventKind::FileVersion(version)) => What::Version(version),
            Some(EventKind::SessionLog(log)) if log.status == messages::START => What::Start,
            Some(EventKind::Summary(summary)) => What::Values(self.values(&summary)?),
            Some(EventKind::SessionLog(_)) | None => What::Other,
        };
        Ok(Event {
            wall_time,
            step,
            what,
        })
    }

    /// Decodes one value at a time: in a message of its own each would take a hundred times the two bytes that an
    /// empty one has.
    fn values(&mut self, mut summary: &[u8]) -> Result<Vec<TaggedValue>, DecodeEventError> {
        let mut values = Vec::new();
        while !summary.is_empty() {
            if values.len() == MAX_VALUES {
                return Err(DecodeEventError::TooManyValues);
            }
            let key = prost::decode_length_delimiter(&mut summary)?;
            if key != VALUE_KEY {
                return Err(DecodeEventError::Summary { key });
            }
            let message = messages::Value::decode_length_delimited(&mut summary)?;
            values.push(self.value(message)?);
        }
        Ok(values)
    }

    fn value(&mut self, message: messages::Value) -> Result<TaggedValue, DecodeEventError> {
        let plugin = self.plugin(&message);
        let messages::Value {
            tag,
            metadata,
            value,
        } = message;
        let value = match (value, plugin) {
            (Some(ValueKind::SimpleValue(value)), _) => Some(Value::Scalar(value.into())),
            (Some(ValueKind::Image(image)), _) => Some(Value::Images(vec![picture(image)])),
            (Some(ValueKind::Histogram(histogram)), _) => {
                bucket::of_histogram(&histogram).map(Value::Histogram)
            }
            (_, Plugin::Hparams) => {
                let content = metadata.and_then(|it| it.plugin_data).map(|it| it.content);
                let message = HParamsPluginData::decode(content.unwrap_or_default().as_slice());
                let message = match message {
                    Ok(message) => message,
                    Err(source) => return Err(DecodeEventError::Hparams { tag, source }),
                };
                hparams_record(&tag, message).map(|record| match record {
                    HparamsRecord::Experiment(experiment) => Value::Experiment(experiment),
                    HparamsRecord::Start(start) => Value::Start(start),
                    HparamsRecord::End(end) => Value::End(end),
                })
            }
            (Some(ValueKind::Tensor(tensor)), plugin) => of_tensor(plugin, tensor),
            (None, _) => None,
        };
        let value = value.unwrap_or(Value::Other);
        Ok(TaggedValue { tag, value })
    }

    /// How the value is read if it is a tensor. Remembers that of a tag's first value.
    fn plugin(&mut self, value: &messages::Value) -> Plugin {
        if let Some(plugin) = self.plugins.get(&value.tag) {
            return *plugin;
        }
        let plugin = match &value.value {
            Some(ValueKind::SimpleValue(_)) => Plugin::Scalars,
            Some(ValueKind::Image(_)) => Plugin::Images,
            Some(ValueKind::Histogram(_)) => Plugin::Histograms,
            Some(ValueKind::Tensor(_)) | None => {
                let data = value.metadata.as_ref();
                let data = data.and_then(|it| it.plugin_data.as_ref());
                Plugin::named(data.map_or("", |it| &it.plugin_name))
            }
        };
        if self.plugins.len() < MAX_TAGS {
            self.plugins.insert(value.tag.clone(), plugin);
        }
        plugin
    }
}

impl Plugin {
    fn named(name: &str) -> Plugin {
        match name {
            "scalars" => Plugin::Scalars,
            "images" => Plugin::Images,
            "histograms" => Plugin::Histograms,
            "text" => Plugin::Text,
            "hparams" => Plugin::Hparams,
            "graph_keras_model" => Plugin::KerasModel,
            _ => Plugin::Other,
        }
    }
}

/// `None` where the tensor is nothing that the plugin could show.
fn of_tensor(plugin: Plugin, tensor: TensorProto) -> Option<Value> {
    match plugin {
        Plugin::Scalars => tensor.number().map(Value::Scalar),
        Plugin::Images => pictures(tensor.strings()?).map(Value::Images),
        Plugin::Histograms => bucket::of_tensor(&tensor).map(Value::Histogram),
        Plugin::Text => {
            let texts = tensor.strings()?.into_iter().map(text);
            Some(Value::Texts(texts.collect()))
        }
        Plugin::KerasModel => match <[Vec<u8>; 1]>::try_from(tensor.strings()?) {
            Ok([model]) => Some(Value::KerasModel(text(model))),
            Err(_) => None,
        },
        Plugin::Hparams | Plugin::Other => None,
    }
}

fn picture(message: messages::Image) -> Picture {
    Picture {
        width: u32::try_from(message.width).unwrap_or_default(),
        height: u32::try_from(message.height).unwrap_or_default(),
        bytes: message.encoded_image_string,
    }
}

/// Pictures of TensorFlow 2: strings of their common width and height in decimal digits, then one for each.
fn pictures(mut strings: Vec<Vec<u8>>) -> Option<Vec<Picture>> {
    let size = |digits: &[u8]| str::from_utf8(digits).ok()?.parse::<u32>().ok();
    let (width, height) = match strings.as_slice() {
        [width, height, ..] => (size(width)?, size(height)?),
        _ => return None,
    };
    let pictures = strings.drain(2..).map(|bytes| Picture {
        width,
        height,
        bytes,
    });
    Some(pictures.collect())
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
