"""Writes what the training step and early stopping are tested against: numbers that Keras computed.

    python -m venv venv && venv/bin/pip install tensorflow-cpu==2.21.0
    venv/bin/python keras_golden.py [--out FOLDER] [--threads N]

Everything that goes into Keras is made by the formulas below, so that a test can make it again and
only results are stored. All integers are unsigned, of 64 bits, and wrap around; all indices and
steps count from 0; `/` of integers rounds down.

    hash(seed, i):    z = seed + (i + 1) * 0x9E3779B97F4A7C15
                      z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
                      z = (z ^ (z >> 27)) * 0x94D049BB133111EB
                      z ^ (z >> 31)
    uniform(seed, i): (hash(seed, i) >> 40) / 2^24, a number in [0, 1), exact in 32 and in 64 bits

    label of image n: hash(seeds.labels, n) % classes
    pixel (n, y, x, c), a byte from 0 to 223:
                      noise  = hash(seeds.pixels, ((n * height + y) * width + x) * 3 + c) >> 57
                      stripe = ((x + label * y + 2 * c) / 3) % 2
                      noise + 96 * stripe
    input:            pixel / 255 in 32 bits; images are (height, width, channel)
    kernel, value i:  (2 * uniform(seeds.<layer>, i) - 1) * sqrt(6 / (fan_in + fan_out)) in 64 bits,
                      then rounded to 32. For a convolution i counts in C order of (row, column, in,
                      out), and fan_in = rows * columns * in, fan_out = rows * columns * out; for a
                      dense layer in C order of (in, out), and fan_in = in, fan_out = out.
    bias:             0
    batch of a step:  b = step % ceil(images / batch_size); the images from b * batch_size up to,
                      not including, min((b + 1) * batch_size, images), in this order
    dropout factor of (step, row in the batch, unit), on the hidden layer's output after its ReLU:
                      i = (step * batch_size + row) * dense_size + unit, also in a shorter batch
                      1 / (1 - dropout_rate) if uniform(seeds.dropout, i) >= dropout_rate, else 0

`<configuration>.json`: the settings, and for each of the 20 steps, before its update: `losses`, the
mean cross-entropy of the batch; `losses_with_penalty`, which is minimised: the same plus lambda *
(sum of squares of the kernels of both convolutions and of the hidden dense layer); `correct`, how
many images of the batch the step's own predictions (with dropout) label rightly.

`<configuration>.npz`: the weights after the last step, `convolution_1.kernel`,
`convolution_1.bias`, `convolution_2.*`, `hidden.*` (where there is that layer) and `output.*`, in
the shapes above, and `logits` (32, classes): what they give for images 0 to 31, before the softmax
and without dropout. All are 32-bit floats.

`early_stopping.json`: what `EarlyStopping(monitor="val_loss", restore_best_weights=True)` does in
`Model.fit`. `validation_losses` has one for each epoch asked for (as text, for JSON has no NaN);
`epochs_run`; `kept_epoch`, counted from 1, whose weights the model has at the end; `lowest_epoch`,
the first of the epochs run whose loss is lowest, NaN left out (null: all are NaN); `as_lowest`,
whether Keras kept that one. It does not when the first loss is NaN: nothing is less than NaN.

`parameters.json`: `Model.count_params` of networks of the original study's size.
"""

import argparse
import io
import json
import math
from pathlib import Path

import keras
import numpy
import tensorflow

STEPS = 20


def seeds_from(first):
    """A seed for each purpose, all different."""
    purposes = ("pixels", "labels", "convolution_1", "convolution_2", "hidden", "output", "dropout")
    return {purpose: first + number for number, purpose in enumerate(purposes, 1)}


PLAIN = {
    "height": 24, "width": 18, "classes": 4,
    "kernel_size_1": 3, "kernel_size_2": 3, "kernel_num": 8, "dense_size": 24,
    "dropout_rate": 0.0, "lambda": 0.0, "batch_size": 32, "images": 160,
}  # fmt: skip
# With most seeds some ReLU or pooling comes so near to a tie that rounding decides it, and two
# correct programs part. With these none does: initial kernels changed by 3e-6 of their values
# change no final tensor by more than 5e-5 of its root mean square. Among such seeds, these also
# have gradients so small that another place or size of Adam's epsilon shows.
CONFIGURATIONS = {
    "no_dense": PLAIN | {"dense_size": 0, "seeds": seeds_from(7000)},
    "dense": PLAIN | {"seeds": seeds_from(3500)},
    "lambda": PLAIN | {"lambda": 1e-2, "seeds": seeds_from(21000)},
    "dropout": PLAIN | {"dropout_rate": 0.4, "seeds": seeds_from(18700)},
    "unequal_kernels": PLAIN
    | {"height": 27, "width": 21, "kernel_size_1": 5, "images": 150, "seeds": seeds_from(11300)},
}


def hashes(seed, count):
    """hash(seed, i) for i from 0 to count - 1."""
    counters = numpy.arange(1, count + 1, dtype=numpy.uint64)
    z = numpy.uint64(seed) + counters * numpy.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return z ^ (z >> numpy.uint64(31))


def uniforms(seed, shape):
    """uniform(seed, i) in C order of the shape, as 64-bit numbers."""
    return (hashes(seed, math.prod(shape)) >> numpy.uint64(40)).reshape(shape) / 2.0**24


def catalogue(settings):
    """Images (N, height, width, 3), bytes, and labels (N)."""
    count, seeds = settings["images"], settings["seeds"]
    shape = (count, settings["height"], settings["width"], 3)
    labels = (hashes(seeds["labels"], count) % numpy.uint64(settings["classes"])).astype(int)
    noise = (hashes(seeds["pixels"], math.prod(shape)) >> numpy.uint64(57)).astype(int)
    _, y, x, c = numpy.indices(shape, sparse=True)
    stripe = (x + labels[:, None, None, None] * y + 2 * c) // 3 % 2
    return (noise.reshape(shape) + 96 * stripe).astype(numpy.uint8), labels


def network(settings):
    """One network twice, up to the probabilities and up to the logits, not yet with our weights.

    Inputs: images and, with dropout, the factors for the hidden layer's outputs.
    """
    penalty = keras.regularizers.L2(settings["lambda"]) if settings["lambda"] else None
    inputs = [keras.Input((settings["height"], settings["width"], 3))]
    values = inputs[0]
    for number in (1, 2):
        values = keras.layers.Conv2D(
            settings["kernel_num"],
            settings[f"kernel_size_{number}"],
            activation="relu",
            kernel_regularizer=penalty,
            name=f"convolution_{number}",
        )(values)
        values = keras.layers.MaxPooling2D(2)(values)
    values = keras.layers.Flatten()(values)
    if settings["dense_size"]:
        hidden = keras.layers.Dense(
            settings["dense_size"], activation="relu", kernel_regularizer=penalty, name="hidden"
        )
        values = hidden(values)
    if settings["dropout_rate"]:
        inputs.append(keras.Input((settings["dense_size"],)))
        values = keras.layers.Multiply()([values, inputs[1]])
    logits = keras.layers.Dense(settings["classes"], name="output")(values)
    return keras.Model(inputs, keras.layers.Softmax()(logits)), keras.Model(inputs, logits)


def set_initial_weights(model, layer_seeds):
    """Glorot-uniform kernels of the formula above, and biases of 0."""
    for layer in model.layers:
        if layer.weights:
            *rows_and_columns, fan_in, fan_out = layer.kernel.shape
            limit = math.sqrt(6 / (math.prod(rows_and_columns) * (fan_in + fan_out)))
            kernel = (2 * uniforms(layer_seeds[layer.name], layer.kernel.shape) - 1) * limit
            layer.set_weights([kernel.astype(numpy.float32), numpy.zeros(fan_out, numpy.float32)])


def dropout_factors(settings, step, rows):
    """What the hidden layer's outputs (rows, units) are multiplied by in a step."""
    rate, shape = settings["dropout_rate"], (STEPS, settings["batch_size"], settings["dense_size"])
    kept = uniforms(settings["seeds"]["dropout"], shape)[step, :rows] >= rate
    return (kept / (1 - rate)).astype(numpy.float32)


def trajectory(settings):
    """Trains for 20 steps; gives the figures of each step, and the final weights and logits."""
    images, labels = catalogue(settings)
    images = images.astype(numpy.float32) / numpy.float32(255)
    model, logits_model = network(settings)
    set_initial_weights(model, settings["seeds"])
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-7),
        loss="sparse_categorical_crossentropy",
        metrics=["sparse_categorical_crossentropy", "accuracy"],
    )
    figures = {"losses": [], "losses_with_penalty": [], "correct": []}
    for step in range(STEPS):
        batch = step % math.ceil(settings["images"] / settings["batch_size"])
        rows = slice(batch * settings["batch_size"], (batch + 1) * settings["batch_size"])
        inputs, truth = [images[rows]], labels[rows]
        if settings["dropout_rate"]:
            inputs.append(dropout_factors(settings, step, len(truth)))
        # Keras averages its metrics over all batches since the last reset.
        model.reset_metrics()
        step_figures = model.train_on_batch(inputs, truth, return_dict=True)
        figures["losses"].append(float(step_figures["sparse_categorical_crossentropy"]))
        figures["losses_with_penalty"].append(float(step_figures["loss"]))
        figures["correct"].append(round(float(step_figures["accuracy"]) * len(truth)))
    arrays = {
        f"{layer.name}.{weight.name}": weight.numpy()
        for layer in model.layers
        for weight in layer.weights
    }
    first = [images[:32]]
    if settings["dropout_rate"]:
        first.append(numpy.ones((32, settings["dense_size"]), numpy.float32))
    arrays["logits"] = numpy.asarray(logits_model(first))
    return figures, arrays


class GivenValidationLoss(keras.callbacks.Callback):
    """Sets each epoch's validation loss, and the model's one weight to the epoch's number."""

    def __init__(self, losses):
        super().__init__()
        self.losses = losses

    def on_epoch_end(self, epoch, logs=None):
        logs["val_loss"] = self.losses[epoch]
        self.model.set_weights([numpy.array([[epoch + 1.0]])])


def early_stopping(losses, patience):
    """What Keras does with validation losses, one for each epoch that it is asked to run."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(loss="mse", run_eagerly=True)
    stopping = keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=patience, restore_best_weights=True
    )
    one = numpy.ones((1, 1))
    history = model.fit(
        one, one, epochs=len(losses), verbose=0, callbacks=[GivenValidationLoss(losses), stopping]
    )
    epochs_run, kept = len(history.epoch), int(model.get_weights()[0].item())
    numbers = [epoch for epoch in range(1, epochs_run + 1) if not math.isnan(losses[epoch - 1])]
    lowest = min(numbers, key=lambda epoch: losses[epoch - 1], default=None)
    return {
        "epochs_run": epochs_run,
        "kept_epoch": kept,
        "lowest_epoch": lowest,
        "as_lowest": kept == lowest,
    }


def early_stopping_cases():
    """Pairs of a name and validation losses, all exact in 32 bits, in which Keras compares them."""
    nan, infinity = math.nan, math.inf
    yield "decreasing", [2.0, 1.5, 1.25, 1.0, 0.75]
    yield "increasing: best at first", [1.0, 1.25, 1.5, 1.75, 2.0, 2.25]
    yield "constant: exact ties from the first", [1.0, 1.0, 1.0, 1.0, 1.0]
    yield "plateau of exact ties", [2.0, 1.0, 1.0, 1.0, 1.0, 0.5]
    yield "a tie does not reset the patience", [2.0, 1.0, 1.5, 1.0, 0.5]
    yield "best at the last epoch", [2.0, 1.5, 1.75, 1.0]
    yield "best in the last but one: epochs end before patience", [2.0, 1.5, 1.0, 1.25]
    yield "valley, then lower", [2.0, 1.0, 1.25, 1.5, 0.75, 1.75, 0.5]
    yield "up and down", [1.0, 1.5, 0.75, 1.25, 0.5, 1.0, 0.25, 2.0]
    yield "one epoch", [1.0]
    yield "two epochs, worse", [1.0, 2.0]
    yield "smallest step down", [1.0, 1.0 - 2.0**-24, 1.0, 1.0]
    yield "zero, then below", [1.0, 0.0, -1.0, 0.0]
    yield "NaN at first", [nan, 1.0, 0.5, 0.25, 0.125]
    yield "NaN at the second", [1.0, nan, 0.5, 0.75, 0.25]
    yield "NaN from the third on", [1.0, 0.5, nan, nan, nan, nan]
    yield "NaN at the last", [1.0, 0.5, nan]
    yield "all NaN", [nan, nan, nan, nan, nan]
    yield "one epoch, NaN", [nan]
    yield "infinite at first", [infinity, 2.0, 1.0, 1.5, 1.75]
    yield "infinite in the middle", [1.0, infinity, 0.5, infinity, infinity, 0.25]
    yield "all infinite", [infinity, infinity, infinity, infinity]
    for seed in range(100, 112):
        losses = uniforms(seed, (8 + seed % 5,)) * 12 // 1 / 4 + 0.25
        yield f"random {seed}", losses.tolist()


def parameter_counts():
    """Trainable parameters of networks on photographs of 80 rows, 60 columns and 4 classes."""
    plain = PLAIN | {"height": 80, "width": 60}
    keys = ("kernel_size_1", "kernel_size_2", "kernel_num", "dense_size")
    for sizes in [(3, 3, 32, 256), (7, 3, 96, 512), (5, 5, 64, 0)]:
        settings = plain | dict(zip(keys, sizes, strict=True))
        shown = {key: settings[key] for key in ("height", "width", "classes", *keys)}
        yield shown | {"parameters": network(settings)[0].count_params()}


def write(path, content):
    """Writes bytes to a file beside the target, then puts it in the target's place."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def as_json(content):
    """Indented JSON, which has no NaN."""
    return (json.dumps(content, indent=1, allow_nan=False) + "\n").encode()


def as_npz(arrays):
    """An uncompressed archive of arrays by name."""
    file = io.BytesIO()
    numpy.savez(file, **arrays)
    return file.getvalue()


def main():
    """Writes all files into one folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="where to write")
    parser.add_argument("--threads", type=int, default=1, help="threads of one operation")
    arguments = parser.parse_args()
    tensorflow.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    tensorflow.config.experimental.enable_op_determinism()
    # The initial weights that Keras draws are replaced, but drawing them needs a seed in this mode.
    keras.utils.set_random_seed(0)

    modules = (tensorflow, keras, numpy)
    versions = {"versions": {module.__name__: module.__version__ for module in modules}}
    for name, settings in CONFIGURATIONS.items():
        figures, arrays = trajectory(settings)
        content = settings | {"learning_rate": 1e-3} | figures | versions
        write(arguments.out / f"{name}.json", as_json(content))
        write(arguments.out / f"{name}.npz", as_npz(arrays))
    cases = [
        {"name": name, "patience": patience, "validation_losses": [str(loss) for loss in losses]}
        | early_stopping(losses, patience)
        for name, losses in early_stopping_cases()
        for patience in (0, 1, 2, 3)
    ]
    write(arguments.out / "early_stopping.json", as_json({"cases": cases} | versions))
    networks = list(parameter_counts())
    write(arguments.out / "parameters.json", as_json({"networks": networks} | versions))


if __name__ == "__main__":
    main()
