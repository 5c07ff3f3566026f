//! What the writers of others wrote is read as they meant it.

use fitroom_tensorboard::{
    Bucket, LoggedEnd, LoggedExperiment, LoggedHparam, LoggedMetric, LoggedStart, Picture,
    SessionStatus, TaggedValue, Value, What, read_run,
};

use crate::bytes::{FILES, file, files, sound, values};

fn tagged(tag: &str, value: Value) -> TaggedValue {
    let tag = tag.to_owned();
    TaggedValue { tag, value }
}

fn texts(texts: &[&str]) -> Value {
    Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn buckets(buckets: &[(f64, f64, f64)]) -> Value {
    let bucket = |&(left, right, count): &(f64, f64, f64)| Bucket { left, right, count };
    Value::Histogram(buckets.iter().map(bucket).collect())
}

/// Pictures whose bytes are a PNG, without them.
fn sizes(value: &Value) -> Vec<(u32, u32)> {
    let Value::Images(pictures) = value else {
        panic!("{value:?}");
    };
    let size = |picture: &Picture| {
        assert!(picture.bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert!(picture.bytes.ends_with(b"IEND\xaeB`\x82"));
        (picture.width, picture.height)
    };
    pictures.iter().map(size).collect()
}

/// 0.1, 0.05 and 0.025, in single precision.
fn three_losses(tag: &str) -> Vec<(i64, TaggedValue)> {
    let losses = [(0, 0.1_f32), (1, 0.05), (2, 0.025)];
    losses
        .map(|(step, loss)| (step, tagged(tag, Value::Scalar(loss.into()))))
        .to_vec()
}

#[test]
fn all_files_are_sound_and_begin_with_the_version() {
    for (name, path) in files() {
        let events = sound(&std::fs::read(path).unwrap());
        let version = What::Version("brain.Event:2".to_owned());
        assert_eq!(events[0].what, version, "{name}");
        assert!(events.len() > 1, "{name}");
        // All were made within one hour.
        for event in events {
            let hour = 1_795_593_600.0..1_795_597_200.0;
            assert!(hour.contains(&event.wall_time), "{name}: {event:?}");
        }
    }
}

#[test]
fn tensorflow_2_writes_tensors() {
    let read = values(&file("tensorflow"));
    assert_eq!(read[..3], three_losses("loss"));
    // TensorFlow makes a single of a double, and tells a half as it is.
    assert_eq!(
        read[3],
        (7, tagged("double", Value::Scalar(0.1_f32.into())))
    );
    assert_eq!(
        (read[4].0, read[4].1.tag.as_str(), sizes(&read[4].1.value)),
        (1, "picture", vec![(3, 2), (3, 2)])
    );
    let weights = [(-1.0, 0.0, 1.0), (0.0, 1.0, 2.0), (1.0, 2.0, 1.0)];
    assert_eq!(read[5], (1, tagged("weights", buckets(&weights))));
    assert_eq!(
        read[6],
        (2, tagged("note", texts(&["first «ä»", "second"])))
    );
    let half = Value::Scalar(0.099_975_585_937_5);
    assert_eq!(read[7..], [(3, tagged("half", half))]);
}

#[test]
fn tensorflow_1_writes_forms_of_their_own() {
    let bytes = file("tensorflow_1");
    let read = values(&bytes);
    assert_eq!(read[0], (0, tagged("loss", Value::Scalar(0.5))));
    let Value::Histogram(weights) = &read[1].1.value else {
        panic!("{read:?}");
    };
    // It ends where the values do, and not at 1.8e308.
    let counts: Vec<f64> = weights.iter().map(|bucket| bucket.count).collect();
    assert_eq!(counts, [1.0, 0.0, 1.0, 0.0, 1.0]);
    assert_eq!((weights[0].left, weights[4].right), (-3.0, 2.0));
    assert_eq!(sizes(&read[2].1.value), [(3, 2)]);
    assert_eq!(sound(&bytes).last().unwrap().what, What::Start);
}

#[test]
fn keras_writes_its_model_and_scalars() {
    let read = values(&file("keras"));
    let Value::KerasModel(model) = &read[0].1.value else {
        panic!("{read:?}");
    };
    let model: serde_json::Value = serde_json::from_str(model).unwrap();
    assert_eq!(model["config"]["layers"][1]["config"]["name"], "out");
    let rest: Vec<_> = read[1..]
        .iter()
        .map(|(step, value)| (*step, value.tag.as_str(), &value.value))
        .collect();
    let rate = Value::Scalar(0.01_f32.into());
    let (first, second) = (&read[1].1.value, &read[3].1.value);
    assert!(matches!((first, second), (Value::Scalar(a), Value::Scalar(b)) if a > b && *b > 0.0));
    assert_eq!(
        rest,
        [
            (0, "epoch_loss", first),
            (0, "epoch_learning_rate", &rate),
            (1, "epoch_loss", second),
            (1, "epoch_learning_rate", &rate),
        ]
    );
}

fn four_hparams(bias: LoggedHparam) -> [(String, LoggedHparam); 4] {
    [
        ("bias".to_owned(), bias),
        ("name".to_owned(), LoggedHparam::Text("sgd".to_owned())),
        ("rate".to_owned(), LoggedHparam::Number(1e-5)),
        ("units".to_owned(), LoggedHparam::Number(4.0)),
    ]
}

#[test]
fn keras_writes_hyperparameters() {
    let (run, _) = read_run(&[format!("{FILES}/keras_hparams.tfevents")]);
    let start = run.session_start.unwrap();
    let mut hparams = four_hparams(LoggedHparam::Flag(true));
    hparams[2].1 = LoggedHparam::Number(0.01);
    hparams[3].1 = LoggedHparam::Number(1.0);
    assert_eq!(start.hparams, hparams.into());
    assert_eq!(start.group.len(), 64);
    let end = run.session_end.unwrap();
    assert_eq!(end.status, Some(SessionStatus::Success));
    let seconds = end.ended.unwrap() - start.started.unwrap();
    assert!(seconds > 0.0 && seconds < 60.0, "{seconds}");
}

#[test]
fn an_experiment_tells_the_group_of_each_metric() {
    let (run, _) = read_run(&[format!("{FILES}/hparams.tfevents")]);
    let metric = |group: &str, tag: &str| LoggedMetric {
        group: group.to_owned(),
        tag: tag.to_owned(),
    };
    assert_eq!(
        run.experiment.unwrap(),
        LoggedExperiment {
            hparams: ["units", "rate", "bias"].map(str::to_owned).to_vec(),
            metrics: vec![metric("validation", "epoch_loss"), metric("", "loss")],
        }
    );
}

#[test]
fn pytorch_and_tensorboardx_write_numbers_pictures_histograms_and_texts() {
    for name in ["torch", "tensorboardx"] {
        let read = values(&file(name));
        assert_eq!(read[..3], three_losses("loss/train"), "{name}");
        let picture = (read[3].0, read[3].1.tag.as_str(), sizes(&read[3].1.value));
        assert_eq!(picture, (1, "picture", vec![(3, 2)]), "{name}");
        let weights = [(-1.0, 0.0, 1.0), (0.0, 1.0, 2.0), (1.0, 2.0, 1.0)];
        let note = texts(&["a text «ä»"]);
        assert_eq!(
            read[4..],
            [
                (1, tagged("weights", buckets(&weights))),
                (2, tagged("note/text_summary", note))
            ],
            "{name}"
        );
    }
}

#[test]
fn pytorch_writes_tensors_if_asked_to() {
    assert_eq!(
        values(&file("torch_scalars")),
        [
            (3, tagged("new", Value::Scalar(0.75))),
            (3, tagged("double", Value::Scalar(0.1))),
            (3, tagged("tensor", Value::Other)),
        ]
    );
}

#[test]
fn pytorch_and_tensorboardx_write_hyperparameters_without_a_value() {
    for (name, bias) in [
        ("torch_hparams", LoggedHparam::Number(1.0)),
        ("tensorboardx_hparams", LoggedHparam::Flag(true)),
    ] {
        let (run, _) = read_run(&[format!("{FILES}/{name}.tfevents")]);
        let start = LoggedStart {
            hparams: four_hparams(bias).into(),
            group: String::new(),
            started: None,
        };
        assert_eq!(run.session_start, Some(start), "{name}");
        let experiment = run.experiment.unwrap();
        assert_eq!(experiment.hparams, ["units", "rate", "name", "bias"]);
        assert_eq!(experiment.metrics[0].tag, "best/loss", "{name}");
        let end = LoggedEnd {
            status: Some(SessionStatus::Success),
            ended: None,
        };
        assert_eq!(run.session_end, Some(end), "{name}");
        assert_eq!(run.scalars["best/loss"][&0].value, 0.375, "{name}");
    }
}

#[test]
fn what_pytorch_purges_is_gone() {
    let (run, _) = read_run(&["torch", "torch_purge"].map(|it| format!("{FILES}/{it}.tfevents")));
    let points = run.scalars["loss/train"].iter();
    let points: Vec<_> = points.map(|(step, point)| (*step, point.value)).collect();
    let losses = [0.1_f32, 0.05].map(f64::from);
    assert_eq!(points, [(0, losses[0]), (1, losses[1]), (2, 0.5)]);
    // Its text was of step 2 too.
    assert!(run.texts.is_empty() && run.pictures.len() == 1 && run.histograms.len() == 1);
}

#[test]
fn tensorboard_has_a_writer_too() {
    assert_eq!(values(&file("tensorboard")), three_losses("loss"));
}
