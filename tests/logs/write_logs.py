"""Writes small logs as users of PyTorch, tensorboardX and Keras write them.

    write_logs.py OUT

Makes OUT/pytorch, OUT/tensorboardx and OUT/keras, which `tests/import_logs.rs` reads. Needs the packages of
`setup/bench-requirements.txt`; run again, it writes the same numbers under other names and times.
"""

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import numpy
from tensorboardX import SummaryWriter as WriterX
from torch.utils.tensorboard import SummaryWriter

# Validation accuracy by epoch of each trial.
ACCURACIES = {"slow": [0.5, 0.625, 0.75], "fast": [0.75, 0.875, 0.8125]}


def write_torch(out, writer_of):
    """One run for each trial; `add_hparams` adds another below it."""
    for name, accuracies in ACCURACIES.items():
        writer = writer_of(str(out / name))
        for epoch, accuracy in enumerate(accuracies):
            writer.add_scalar("Loss/train", 2.0 - accuracy, epoch)
            writer.add_scalar("Loss/validation", 1.5 - accuracy, epoch)
            writer.add_scalar("Accuracy/train", accuracy / 2, epoch)
            writer.add_scalar("Accuracy/validation", accuracy, epoch)
        writer.add_histogram("weights", numpy.linspace(-1, 1, 50), 2)
        writer.add_image("picture", numpy.zeros((3, 8, 8), dtype=numpy.uint8), 2)
        writer.add_text("note", "a *note*", 2)
        hyperparameters = {"lr": 0.1 if name == "fast" else 0.01, "bsize": 32, "optimizer": "adam"}
        writer.add_hparams(hyperparameters, {"hparam/accuracy": max(accuracies)})
        writer.close()


def write_keras(out):
    """Two configurations in trees for curves and hyperparameters; the second was trained twice."""
    import keras
    import tensorflow
    from tensorboard.plugins.hparams import api

    keras.utils.set_random_seed(0)
    photographs = numpy.random.default_rng(0).random((24, 18, 14, 3), dtype=numpy.float32)
    classes = numpy.arange(24) % 3
    with tensorflow.summary.create_file_writer(str(out / "hparam_tuning")).as_default():
        hparams = [api.HParam("kernel size"), api.HParam("lambda reg")]
        api.hparams_config(hparams=hparams, metrics=[api.Metric("accuracy")])
    expected = []
    for run, (kernel_size, lambda_) in {"run-1": (3, 1e-5), "run-2": (5, 1e-3), "run-2 ": (5, 1e-3)}.items():
        run = run.strip()
        l2 = lambda: keras.regularizers.L2(lambda_)
        model = keras.Sequential(
            [
                keras.layers.Input((18, 14, 3)),
                keras.layers.Conv2D(4, kernel_size, activation="relu", kernel_regularizer=l2()),
                keras.layers.MaxPooling2D(),
                keras.layers.Conv2D(4, 3, activation="relu", kernel_regularizer=l2()),
                keras.layers.MaxPooling2D(),
                keras.layers.Flatten(),
                keras.layers.Dense(6, activation="relu", kernel_regularizer=l2()),
                keras.layers.Dropout(0.25),
                keras.layers.Dense(3),
            ]
        )
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, metrics=["accuracy"])
        with tensorflow.summary.create_file_writer(str(out / "hparam_tuning" / run)).as_default():
            api.hparams({"kernel size": kernel_size, "lambda reg": lambda_})
            callback = keras.callbacks.TensorBoard(str(out / "fit" / run), write_graph=True)
            data = {"validation_data": (photographs, classes), "epochs": 2, "verbose": 0}
            history = model.fit(photographs, classes, callbacks=[callback], **data).history
            accuracy = history["val_accuracy"][-1]
            tensorflow.summary.scalar("accuracy", accuracy, step=1)
        expected.append(
            {"run": run, "kernel_size_1": kernel_size, "lambda": lambda_, "accuracy": accuracy,
             "losses": history["val_loss"], "parameters": model.count_params()}
        )  # fmt: skip
    (out / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


def main():
    out = Path(sys.argv[1])
    write_torch(out / "pytorch", SummaryWriter)
    write_torch(out / "tensorboardx", WriterX)
    write_keras(out / "keras")


main()
