//! Values that a named plugin of TensorBoard shows.

use tensorboard_proto::summary::{
    Summary, Summary_Value, SummaryMetadata, SummaryMetadata_PluginData,
};
use tensorboard_proto::tensor::TensorProto;
use tensorboard_proto::tensor_shape::{TensorShapeProto, TensorShapeProto_Dim};
use tensorboard_proto::types::DataType;

/// A value under `tag` for `plugin`, without its data. `content` is the plugin's own message.
pub(crate) fn plugin_value(tag: &str, plugin: &str, content: Vec<u8>) -> Summary_Value {
    let mut data = SummaryMetadata_PluginData::new();
    data.set_plugin_name(plugin.to_owned());
    data.set_content(content);
    let mut metadata = SummaryMetadata::new();
    metadata.set_plugin_data(data);
    let mut value = Summary_Value::new();
    value.set_tag(tag.to_owned());
    value.set_metadata(metadata);
    value
}

/// A summary of one value.
pub(crate) fn summary_of(value: Summary_Value) -> Summary {
    let mut summary = Summary::new();
    summary.value.push(value);
    summary
}

/// A tensor without dimensions that holds one string of bytes.
pub(crate) fn string_tensor(text: Vec<u8>) -> TensorProto {
    let mut tensor = TensorProto::new();
    tensor.set_dtype(DataType::DT_STRING);
    tensor.set_tensor_shape(TensorShapeProto::new());
    tensor.string_val.push(text);
    tensor
}

/// The value that TensorBoard's own writer gives records that are all metadata: no floats.
pub(crate) fn empty_tensor() -> TensorProto {
    let mut shape = TensorShapeProto::new();
    shape.dim.push(TensorShapeProto_Dim::new());
    let mut tensor = TensorProto::new();
    tensor.set_dtype(DataType::DT_FLOAT);
    tensor.set_tensor_shape(shape);
    tensor
}
