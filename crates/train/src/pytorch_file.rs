//! A network in PyTorch: the text of a Python file that lies beside its weights and needs nothing of ours.

use fitroom_domain::{CHANNELS, NetworkShape};
use serde_json::Value;

/// What a Python file says of a network, and what it needs to build it again. Dropout is no part of it: it only
/// acts while training.
#[derive(Debug, Clone, Copy)]
pub struct PytorchModel<'a> {
    /// The sizes of its layers and its photographs.
    pub shape: &'a NetworkShape,
    /// Which model it is, in words.
    pub title: &'a str,
    /// The classes in the order of the logits.
    pub classes: &'a [String],
    /// The version of the program that writes the file.
    pub version: &'a str,
}

/// The text of a `model.py` that builds the network, reads the `model.safetensors` beside it, as
/// [`crate::write_weights`] writes it, and predicts photographs. Equal models give equal texts.
pub fn pytorch_file(model: &PytorchModel<'_>) -> String {
    [
        &introduction(model),
        IMPORTS,
        &constants(model),
        &network(model.shape),
        FUNCTIONS,
    ]
    .join("\n")
}

/// The module's docstring.
fn introduction(model: &PytorchModel<'_>) -> String {
    let (title, version) = (string(model.title), string(model.version));
    let [title, version] = [&title, &version].map(|literal| inside(literal));
    format!(
        r#""""{title}

A network that Fitting Room {version} trained. Its weights are in model.safetensors, beside this file.
It needs the packages torch, safetensors and pillow.

    python model.py PHOTOGRAPH...                # prints path,label,probability
    model.predict(["shoe.jpg"])                  # [(label, probability)]
    model.load()(model.prepare(picture)[None])   # logits, in the order of CLASSES, of a PIL picture
"""
"#
    )
}

const IMPORTS: &str = r#"import csv
import sys
from pathlib import Path

import torch
from PIL import Image, ImageOps
from safetensors.torch import load_file
"#;

fn constants(model: &PytorchModel<'_>) -> String {
    let lines = model.classes.iter();
    let lines: String = lines
        .map(|class| format!("    {},\n", string(class)))
        .collect();
    let image = model.shape.image;
    format!(
        "CLASSES = [\n{lines}]\nWIDTH, HEIGHT = {}, {}\n",
        image.width, image.height
    )
}

/// The class that PyTorch builds the network from.
fn network(shape: &NetworkShape) -> String {
    let [kernel_1, kernel_2] = shape.kernel_sizes();
    let (kernels, flat, dense) = (shape.kernels(), shape.flat, shape.dense());
    let (features, hidden, through_hidden) = match dense {
        0 => (flat, String::new(), ""),
        units => (
            units,
            format!("        self.hidden = torch.nn.Linear({flat}, {units})\n"),
            "        features = self.hidden(features).relu()\n",
        ),
    };
    format!(
        r#"
class Network(torch.nn.Module):
    """Photographs (N, 3, HEIGHT, WIDTH) from 0 to 1 become logits (N, classes)."""

    def __init__(self):
        super().__init__()
        self.convolution_1 = torch.nn.Conv2d({CHANNELS}, {kernels}, {kernel_1})
        self.convolution_2 = torch.nn.Conv2d({kernels}, {kernels}, {kernel_2})
{hidden}        self.output = torch.nn.Linear({features}, len(CLASSES))

    def forward(self, photographs):
        features = photographs
        for convolution in (self.convolution_1, self.convolution_2):
            features = torch.nn.functional.max_pool2d(convolution(features).relu(), 2)
        # The next layer's weights are in the order height, width, channel.
        features = features.permute(0, 2, 3, 1).flatten(1)
{through_hidden}        return self.output(features)
"#
    )
}

const FUNCTIONS: &str = r#"
def load(path=Path(__file__).with_name("model.safetensors")):
    """The trained network, ready to predict."""
    weights = load_file(path)
    network = Network()
    network.load_state_dict({name.replace("kernel", "weight"): weights[name] for name in weights})
    return network.eval()


def prepare(picture):
    """A PIL picture as the network saw photographs in training: (3, HEIGHT, WIDTH) from 0 to 1."""
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I"):
        # Sixteen bits of grey, which PIL would cut off instead of scaling them.
        picture = picture.point(lambda value: value / 257 + 0.5).convert("L")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    picture = picture.convert("RGB")
    width, height = fitting_size(*picture.size)
    picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", (WIDTH, HEIGHT), "white")
    canvas.paste(picture, ((WIDTH - width) // 2, (HEIGHT - height) // 2))
    pixels = torch.frombuffer(bytearray(canvas.tobytes()), dtype=torch.uint8)
    return pixels.view(HEIGHT, WIDTH, 3).permute(2, 0, 1) / 255


def fitting_size(width, height):
    """The largest sides of the same shape that fit, and are not larger than the picture's."""
    if width <= WIDTH and height <= HEIGHT:
        return width, height
    if width * HEIGHT >= height * WIDTH:
        return WIDTH, min(HEIGHT, max(1, (2 * height * WIDTH + width) // (2 * width)))
    return min(WIDTH, max(1, (2 * width * HEIGHT + height) // (2 * height))), HEIGHT


def predict(paths, network=None):
    """The label of each photograph and its probability, in the order of the paths."""
    network = network or load()
    answers = []
    for path in paths:
        with Image.open(path) as picture, torch.inference_mode():
            probabilities = network(prepare(picture)[None])[0].softmax(0)
        number = probabilities.argmax().item()
        answers.append((CLASSES[number], probabilities[number].item()))
    return answers


if __name__ == "__main__":
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["path", "label", "probability"])
    for path, (label, probability) in zip(sys.argv[1:], predict(sys.argv[1:])):
        rows.writerow([path, label, f"{probability:.4f}"])
"#;

/// A text as a literal in Python: every string of JSON is one, and means the same there.
fn string(text: &str) -> String {
    Value::from(text).to_string()
}

/// What stands between the quotation marks of a literal.
fn inside(literal: &str) -> &str {
    let rest = literal.strip_prefix('"').unwrap_or(literal);
    rest.strip_suffix('"').unwrap_or(rest)
}

#[cfg(test)]
mod tests;
