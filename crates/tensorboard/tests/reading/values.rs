//! Odd values are read as TensorBoard does, or left out.

use fitroom_tensorboard::{Decoder, EventReader, LoggedHparam, LoggedStart, Picture, Value, What};
use protobuf::Message;
use protobuf::well_known_types::{ListValue, NullValue, Struct, Value as ProtobufValue};
use tensorboard_proto::api::Experiment;
use tensorboard_proto::plugin_hparams::{HParamsPluginData, SessionStartInfo};
use tensorboard_proto::summary::{
    Summary, Summary_Audio, Summary_Image, Summary_Value, SummaryMetadata,
    SummaryMetadata_PluginData,
};
use tensorboard_proto::tensor::TensorProto;
use tensorboard_proto::tensor_shape::{TensorShapeProto, TensorShapeProto_Dim};
use tensorboard_proto::types::DataType;

use crate::bytes::{event, event_of, file, read, scalar, sound, values};

fn of_plugin(tag: &str, plugin: &str, content: Vec<u8>) -> Summary_Value {
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

fn number(number: f32) -> TensorProto {
    let mut tensor = TensorProto::new();
    tensor.set_dtype(DataType::DT_FLOAT);
    tensor.float_val.push(number);
    tensor
}

fn strings(strings: &[&[u8]]) -> TensorProto {
    let mut tensor = TensorProto::new();
    tensor.set_dtype(DataType::DT_STRING);
    for string in strings {
        tensor.string_val.push(string.to_vec());
    }
    tensor
}

fn tensor_of(tag: &str, plugin: &str, tensor: TensorProto) -> Vec<u8> {
    let mut value = of_plugin(tag, plugin, Vec::new());
    value.set_tensor(tensor);
    event_of(0, value)
}

fn bare_tensor(tag: &str, tensor: TensorProto) -> Vec<u8> {
    let mut value = Summary_Value::new();
    value.set_tag(tag.to_owned());
    value.set_tensor(tensor);
    event_of(0, value)
}

/// The values of `records`, one file.
fn read_values(records: &[Vec<u8>]) -> Vec<Value> {
    let values = values(&records.concat());
    values.into_iter().map(|(_, it)| it.value).collect()
}

#[test]
fn the_first_value_of_a_tag_says_how_all_are_read() {
    let first = tensor_of("a", "scalars", number(1.0));
    let later = bare_tensor("a", number(2.0));
    let other = bare_tensor("b", number(3.0));
    assert_eq!(
        read_values(&[first.clone(), later.clone(), other.clone()]),
        [Value::Scalar(1.0), Value::Scalar(2.0), Value::Other]
    );
    // Even if a later one says something else.
    let text = tensor_of("a", "text", strings(&[b"text"]));
    assert_eq!(
        read_values(&[first.clone(), text.clone()]),
        [Value::Scalar(1.0), Value::Other]
    );
    assert_eq!(
        read_values(&[later.clone(), first.clone()]),
        [Value::Other, Value::Other]
    );
    // A plain number says it too.
    assert_eq!(
        read_values(&[scalar(0, "a", 1.0), later, text]),
        [Value::Scalar(1.0), Value::Scalar(2.0), Value::Other]
    );
}

#[test]
fn tags_are_known_in_all_files_of_a_run() {
    let first = tensor_of("a", "scalars", number(1.0));
    let second = bare_tensor("a", number(2.0));
    let mut reader = EventReader::new(first.as_slice());
    assert!(reader.next().is_some());
    let (_, decoder) = reader.finish();
    let value = |mut events: EventReader<&[u8]>| match events.next().unwrap().what {
        What::Values(values) => values[0].value.clone(),
        other => panic!("{other:?}"),
    };
    let continued = EventReader::continuing(second.as_slice(), decoder);
    assert_eq!(value(continued), Value::Scalar(2.0));
    let alone = EventReader::continuing(second.as_slice(), Decoder::new());
    assert_eq!(value(alone), Value::Other);
}

#[test]
fn one_event_may_have_values_of_several_kinds() {
    let mut summary = Summary::new();
    let mut first = Summary_Value::new();
    first.set_tag("a".to_owned());
    first.set_simple_value(1.0);
    let mut second = of_plugin("b", "text", Vec::new());
    second.set_tensor(strings(&[b"text"]));
    let mut third = Summary_Value::new();
    third.set_audio(Summary_Audio::new());
    summary.value = vec![first, second, third, Summary_Value::new()].into();
    assert_eq!(
        read_values(&[event(0, |event| event.set_summary(summary))]),
        [
            Value::Scalar(1.0),
            Value::Texts(vec!["text".to_owned()]),
            Value::Other,
            Value::Other
        ]
    );
}

#[test]
fn what_is_no_scalar_is_left_out() {
    let mut two = number(1.0);
    two.float_val.push(2.0);
    let mut wrong_shape = number(1.0);
    let mut shape = TensorShapeProto::new();
    let mut dimension = TensorShapeProto_Dim::new();
    dimension.set_size(-1);
    shape.dim.push(dimension);
    wrong_shape.set_tensor_shape(shape);
    let mut none = number(1.0);
    none.float_val.clear();
    let mut half = number(1.0);
    half.set_tensor_content(vec![0, 0]);
    for tensor in [
        two,
        wrong_shape,
        none,
        half,
        strings(&[b"1.0"]),
        TensorProto::new(),
    ] {
        let read = read_values(&[tensor_of("a", "scalars", tensor.clone())]);
        assert_eq!(read, [Value::Other], "{tensor:?}");
    }
    let no_tensor = event_of(0, of_plugin("a", "scalars", Vec::new()));
    assert_eq!(read_values(&[no_tensor]), [Value::Other]);
}

#[test]
fn pictures_need_a_size() {
    let pictures = |parts: &[&str]| {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        let mut read = read_values(&[tensor_of("a", "images", strings(&parts))]);
        read.remove(0)
    };
    let picture = |bytes: &str| Picture {
        width: 30,
        height: 20,
        bytes: bytes.as_bytes().to_vec(),
    };
    assert_eq!(
        pictures(&["30", "20", "one", ""]),
        Value::Images(vec![picture("one"), picture("")])
    );
    assert_eq!(pictures(&["30", "20"]), Value::Images(vec![]));
    for parts in [
        &[][..],
        &["30"],
        &["30", "", "one"],
        &["-1", "20", "one"],
        &["30", "20.0", "one"],
        &["99999999999", "20", "one"],
        &["\u{664}", "20", "one"],
    ] {
        assert_eq!(pictures(parts), Value::Other, "{parts:?}");
    }
}

#[test]
fn a_picture_of_negative_size_has_none() {
    let mut image = Summary_Image::new();
    image.set_width(-5);
    image.set_height(i32::MAX);
    let mut value = Summary_Value::new();
    value.set_image(image);
    let picture = Picture {
        width: 0,
        height: i32::MAX as u32,
        bytes: vec![],
    };
    assert_eq!(
        read_values(&[event_of(0, value)]),
        [Value::Images(vec![picture])]
    );
}

#[test]
fn bytes_of_a_text_that_are_no_utf_8_are_replaced() {
    let text = tensor_of("a", "text", strings(&[b"a\xffb", b""]));
    let texts = vec!["a\u{fffd}b".to_owned(), String::new()];
    assert_eq!(read_values(&[text]), [Value::Texts(texts)]);
}

#[test]
fn a_keras_model_is_one_text() {
    let model = |parts: &[&[u8]]| {
        let tensor = tensor_of("keras", "graph_keras_model", strings(parts));
        read_values(&[tensor]).remove(0)
    };
    assert_eq!(model(&[b"{}"]), Value::KerasModel("{}".to_owned()));
    assert_eq!(model(&[]), Value::Other);
    assert_eq!(model(&[b"{}", b"{}"]), Value::Other);
}

fn hparams(tag: &str, change: impl FnOnce(&mut HParamsPluginData)) -> Vec<u8> {
    let mut data = HParamsPluginData::new();
    change(&mut data);
    let content = data.write_to_bytes().unwrap();
    event_of(0, of_plugin(tag, "hparams", content))
}

#[test]
fn only_numbers_texts_and_flags_are_values_of_hyperparameters() {
    let set = |change: fn(&mut ProtobufValue)| {
        let mut value = ProtobufValue::new();
        change(&mut value);
        value
    };
    let mut start = SessionStartInfo::new();
    start.hparams = [
        ("number", set(|it| it.set_number_value(f64::INFINITY))),
        ("zero", set(|it| it.set_number_value(0.0))),
        ("text", set(|it| it.set_string_value(String::new()))),
        ("flag", set(|it| it.set_bool_value(false))),
        ("nothing", ProtobufValue::new()),
        ("null", set(|it| it.set_null_value(NullValue::NULL_VALUE))),
        ("list", set(|it| it.set_list_value(ListValue::new()))),
        ("struct", set(|it| it.set_struct_value(Struct::new()))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    start.set_start_time_secs(f64::NAN);
    let record = hparams("_hparams_/session_start_info", |data| {
        data.set_session_start_info(start);
    });
    let expected = LoggedStart {
        hparams: [
            ("number", LoggedHparam::Number(f64::INFINITY)),
            ("zero", LoggedHparam::Number(0.0)),
            ("text", LoggedHparam::Text(String::new())),
            ("flag", LoggedHparam::Flag(false)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
        group: String::new(),
        started: None,
    };
    assert_eq!(read_values(&[record]), [Value::Start(expected)]);
}

#[test]
fn a_record_of_hyperparameters_belongs_to_its_tag_and_version() {
    let tag = "_hparams_/experiment";
    let right = |data: &mut HParamsPluginData| data.set_experiment(Experiment::new());
    let read = |tag, change: fn(&mut HParamsPluginData)| read_values(&[hparams(tag, change)]);
    assert!(matches!(read(tag, right)[..], [Value::Experiment(_)]));
    assert_eq!(read("_hparams_/session_end_info", right), [Value::Other]);
    assert_eq!(read("other", right), [Value::Other]);
    assert_eq!(read(tag, |_| ()), [Value::Other]);
    let next_version = |data: &mut HParamsPluginData| {
        data.set_experiment(Experiment::new());
        data.set_version(1);
    };
    assert_eq!(read(tag, next_version), [Value::Other]);
    // A value without metadata says nothing.
    let first = hparams(tag, right);
    let read = read_values(&[first, bare_tensor(tag, number(1.0))]);
    assert_eq!(read[1], Value::Other);
}

#[test]
fn hyperparameters_that_cannot_be_read_are_named() {
    let value = of_plugin("_hparams_/experiment", "hparams", vec![0xff]);
    let reading = read(&[event_of(0, value), scalar(0, "a", 1.0)].concat());
    assert_eq!(reading.events.len(), 1);
    let problem = &reading.problems[0];
    assert!(
        problem.starts_with(
            "the record at byte 0 is no event: \
             the hyperparameters under `_hparams_/experiment` cannot be read"
        ),
        "{problem}"
    );
}

#[test]
fn an_event_of_another_kind_is_one() {
    let graph = event(7, |event| event.set_graph_def(b"a graph".to_vec()));
    let stop = event(8, |event| {
        event
            .mut_session_log()
            .set_status(tensorboard_proto::event::SessionLog_SessionStatus::STOP);
    });
    let events = sound(&[graph, stop, event(9, |_| ())].concat());
    let whats: Vec<_> = events.iter().map(|it| (it.step, &it.what)).collect();
    assert_eq!(
        whats,
        [(7, &What::Other), (8, &What::Other), (9, &What::Other)]
    );
}

#[test]
fn a_field_that_we_do_not_know_is_skipped() {
    // The writer's name, which came after our messages were made, is field 10 of the version's event.
    let bytes = file("tensorflow");
    let writer = b"tensorflow.core.util.events_writer";
    assert!(bytes.windows(writer.len()).any(|part| part == writer));
    assert!(matches!(sound(&bytes)[0].what, What::Version(_)));
}
