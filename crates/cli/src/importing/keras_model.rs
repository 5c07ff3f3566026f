//! A Keras model, as its callback logs it under the tag `keras`.

use std::collections::BTreeMap;

use fitroom_domain::{Hyperparameters, ImageSize, NetworkShape, SettingValue};
use serde_json::Value;

/// What a model says of its hyperparameters.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct KerasModel {
    /// Ours by name, as far as the model has them: all, if it is of our kind.
    pub(crate) hyperparameters: BTreeMap<String, SettingValue>,
    /// The network, if it is of our kind in everything.
    pub(crate) network: Option<NetworkShape>,
}

/// The kinds of layers that our networks are made of.
#[derive(Debug, Clone, Copy)]
enum Layer<'a> {
    Convolution(&'a Value),
    Pool(&'a Value),
    Flatten,
    Dense(&'a Value),
    Dropout(&'a Value),
    Other,
}

use Layer::{Convolution, Dense, Dropout, Flatten, Pool};

impl KerasModel {
    /// Reads a model's JSON. Of another network than `Conv → MaxPool → Conv → MaxPool → Flatten → [Dense →
    /// [Dropout]] → Dense` nothing is known: what its layers' sizes would be called, nobody can say.
    pub(crate) fn read(json: &str) -> Option<KerasModel> {
        let model: Value = serde_json::from_str(json).ok()?;
        let config = &model["config"];
        // Before Keras 2.2.3 a sequential model was the list of its layers.
        let listed = config["layers"].as_array().or_else(|| config.as_array())?;
        let inputs = listed
            .iter()
            .find_map(|layer| input_shape(&layer["config"]));
        let layers = listed
            .iter()
            .filter(|layer| layer["class_name"] != "InputLayer");
        let layers: Vec<Layer<'_>> = layers.map(layer).collect();
        let (first, second, hidden, rate, output) = match layers[..] {
            [
                Convolution(first),
                Pool(_),
                Convolution(second),
                Pool(_),
                Flatten,
                ref rest @ ..,
            ] => match *rest {
                [Dense(output)] => (first, second, None, None, output),
                [Dense(hidden), Dense(output)] => (first, second, Some(hidden), None, output),
                [Dense(hidden), Dropout(rate), Dense(output)] => {
                    (first, second, Some(hidden), Some(rate), output)
                }
                _ => return None,
            },
            _ => return None,
        };
        let mut model = KerasModel::default();
        let mut know = |name: &str, value: Option<f64>| {
            let value = value.filter(|value| value.is_finite());
            if let Some(value) = value {
                let number = SettingValue::Number(value);
                model.hyperparameters.insert(name.to_owned(), number);
            }
            value
        };
        let kernels = same([&first["filters"], &second["filters"]].map(Value::as_f64));
        let lambdas = [Some(first), Some(second), hidden];
        let lambdas: Vec<_> = lambdas.into_iter().flatten().map(l2).collect();
        let hyperparameters = (
            know("kernel_size_1", side(&first["kernel_size"])),
            know("kernel_size_2", side(&second["kernel_size"])),
            know("kernel_num", kernels),
            know(
                "dense_size",
                hidden.map_or(Some(0.0), |dense| dense["units"].as_f64()),
            ),
            know(
                "dropout_rate",
                rate.map_or(Some(0.0), |layer| decimal(&layer["rate"])),
            ),
            know("lambda", same(lambdas)),
        );
        let is_plain = layers.iter().all(is_plain);
        if let (Some(k1), Some(k2), Some(n), Some(d), Some(p), Some(l)) = hyperparameters
            && let Some((image, classes)) = inputs.zip(length(&output["units"]))
            && is_plain
        {
            let whole = |number: f64| number as u32;
            let hyperparameters =
                Hyperparameters::new(whole(k1), whole(k2), whole(n), whole(d), p, l);
            let network = hyperparameters.ok().and_then(|hyperparameters| {
                NetworkShape::new(image, &hyperparameters, classes as usize).ok()
            });
            model.network = network;
        }
        Some(model)
    }
}

fn layer(layer: &Value) -> Layer<'_> {
    let config = &layer["config"];
    match layer["class_name"].as_str() {
        Some("Conv2D" | "Convolution2D") => Convolution(config),
        Some("MaxPooling2D" | "MaxPool2D") => Pool(config),
        Some("Flatten") => Flatten,
        Some("Dense") => Dense(config),
        Some("Dropout") => Dropout(config),
        _ => Layer::Other,
    }
}

/// Whether it is a layer as ours are, so that sizes follow: valid padding, strides of 1, pools of 2×2.
fn is_plain(layer: &Layer<'_>) -> bool {
    match layer {
        Convolution(config) => {
            config["padding"] == "valid" && side(&config["strides"]) == Some(1.0)
        }
        Pool(config) => config["padding"] == "valid" && side(&config["pool_size"]) == Some(2.0),
        _ => true,
    }
}

/// Height and width of the photographs, if they have our three channels last.
fn input_shape(config: &Value) -> Option<ImageSize> {
    let shape = ["batch_input_shape", "batch_shape"].map(|key| config[key].as_array());
    match shape.into_iter().flatten().next()?.as_slice() {
        [_, height, width, channels] if channels.as_u64() == Some(3) => Some(ImageSize {
            height: length(height)?,
            width: length(width)?,
        }),
        _ => None,
    }
}

/// A side of a photograph, or a number of classes: of more, nobody trains such a network.
fn length(value: &Value) -> Option<u32> {
    let length = value.as_u64()?;
    u16::try_from(length).ok().map(u32::from)
}

/// The side of a square that is given as a number or as two.
fn side(value: &Value) -> Option<f64> {
    match value.as_array().map(Vec::as_slice) {
        Some([height, width]) if height == width => height.as_f64(),
        Some(_) => None,
        None => value.as_f64(),
    }
}

/// The weight of the L2 penalty on a layer's kernel: 0 if it has none, unknown if it has another penalty.
fn l2(config: &Value) -> Option<f64> {
    let regularizer = &config["kernel_regularizer"];
    if regularizer.is_null() {
        return Some(0.0);
    }
    let l1 = &regularizer["config"]["l1"];
    match l1.is_null() || l1.as_f64() == Some(0.0) {
        true => decimal(&regularizer["config"]["l2"]),
        false => None,
    }
}

/// A number that somebody wrote down and Keras may have rounded to single precision: 1e-5, not
/// 9.999999747378752e-6.
fn decimal(value: &Value) -> Option<f64> {
    let number = value.as_f64()?;
    let single = number as f32;
    match f64::from(single) == number {
        true => single.to_string().parse().ok(),
        false => Some(number),
    }
}

/// What all are, if they are the same.
fn same(values: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let mut values = values.into_iter();
    let first = values.next()??;
    values.all(|value| value == Some(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 120, 90, 3]}},
        {"class_name": "Conv2D", "config": {"filters": 64, "kernel_size": [5, 5], "strides": [1, 1],
            "padding": "valid", "kernel_regularizer": PENALTY}},
        {"class_name": "MaxPooling2D", "config": {"pool_size": [2, 2], "padding": "valid"}},
        {"class_name": "Conv2D", "config": {"filters": 64, "kernel_size": [3, 3], "strides": [1, 1],
            "padding": "valid", "kernel_regularizer": PENALTY}},
        {"class_name": "MaxPooling2D", "config": {"pool_size": [2, 2], "padding": "valid"}},
        {"class_name": "Flatten", "config": {}}"#;

    fn read(penalty: &str, rest: &str) -> Option<KerasModel> {
        let layers = format!("{}, {rest}", HEAD.replace("PENALTY", penalty));
        let json = format!(r#"{{"class_name": "Sequential", "config": {{"layers": [{layers}]}}}}"#);
        KerasModel::read(&json)
    }

    fn shown(model: &KerasModel) -> String {
        let values = model.hyperparameters.iter();
        let values: Vec<String> = values
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        values.join(" ")
    }

    const OUTPUT: &str = r#"{"class_name": "Dense", "config": {"units": 3}}"#;

    #[test]
    fn a_network_of_our_kind_says_all_and_its_size() {
        let model = read("null", OUTPUT).unwrap();
        assert_eq!(
            shown(&model),
            "dense_size=0 dropout_rate=0 kernel_num=64 kernel_size_1=5 kernel_size_2=3 lambda=0"
        );
        // 116×86 → 58×43 → 56×41 → 28×20.
        let parameters = 64 * (75 + 1) + 64 * (9 * 64 + 1) + 3 * (28 * 20 * 64 + 1);
        assert_eq!(model.network.unwrap().parameters(), parameters);
    }

    #[test]
    fn numbers_that_keras_rounded_are_those_that_were_meant() {
        let penalty = r#"{"class_name": "L2", "config": {"l2": 9.999999747378752e-06}}"#;
        let hidden = format!(
            r#"{{"class_name": "Dense", "config": {{"units": 256, "kernel_regularizer": {penalty}}}}},
            {{"class_name": "Dropout", "config": {{"rate": 0.3}}}}, {OUTPUT}"#
        );
        let model = read(penalty, &hidden).unwrap();
        assert_eq!(
            shown(&model),
            "dense_size=256 dropout_rate=0.3 kernel_num=64 kernel_size_1=5 kernel_size_2=3 lambda=1e-5"
        );
    }

    #[test]
    fn what_layers_disagree_in_is_unknown() {
        let penalty = r#"{"class_name": "L1L2", "config": {"l1": 0.1, "l2": 0.1}}"#;
        let model = read(penalty, OUTPUT).unwrap();
        assert!(!model.hyperparameters.contains_key("lambda"));
        assert_eq!(model.network, None);
        let hidden = format!(r#"{{"class_name": "Dense", "config": {{"units": 256}}}}, {OUTPUT}"#);
        let model = read(r#"{"config": {"l2": 0.5}}"#, &hidden).unwrap();
        assert!(
            !model.hyperparameters.contains_key("lambda"),
            "not on every layer"
        );
    }

    #[test]
    fn another_network_or_no_json_says_nothing() {
        for rest in [r#"{"class_name": "LSTM", "config": {}}"#, ""] {
            assert_eq!(read("null", rest), None);
        }
        for json in [
            "",
            "null",
            "[]",
            "{\"config\": 3}",
            "{\"config\": {\"layers\": [1, null]}}",
        ] {
            assert_eq!(KerasModel::read(json), None, "{json}");
        }
    }
}
