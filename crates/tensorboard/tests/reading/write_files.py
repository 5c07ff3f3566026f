"""Writes files/NAME.tfevents with the writers whose files we read. They are checked in; run it to make them anew.

    write_files.py

Made with tensorflow-cpu 2.21.0 (Keras 3), torch 2.13.0, tensorboardX 2.6.5 and tensorboard 2.21.0, which it needs.
"""

import os
import tempfile
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorboard.summary
import tensorboardX
import tensorflow as tf
import torch.utils.tensorboard
from tensorboard.plugins.hparams import api as hp

FILES = Path(__file__).parent / "files"
PICTURE = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3) * 14


def written(name, write):
    """Keeps the event file that `write` makes in a folder: of several the longest."""
    with tempfile.TemporaryDirectory() as folder:
        write(folder)
        files = [file.read_bytes() for file in Path(folder).rglob("*tfevents*")]
        (FILES / f"{name}.tfevents").write_bytes(max(files, key=len))


def write_tensorflow(folder):
    with tf.summary.create_file_writer(folder).as_default():
        for step in range(3):
            tf.summary.scalar("loss", 0.1 * 2.0**-step, step=step)
        tf.summary.scalar("double", tf.constant(0.1, tf.float64), step=7)
        tf.summary.image("picture", [PICTURE, 255 - PICTURE], step=1)
        tf.summary.histogram("weights", [-1.0, 0.5, 0.5, 2.0], step=1, buckets=3)
        tf.summary.text("note", ["first «ä»", "second"], step=2)
        tf.summary.write(
            "half",
            tf.constant(0.1, tf.float16),
            step=3,
            metadata=tf.compat.v1.SummaryMetadata(
                plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
            ),
        )


def write_tensorflow_1(folder):
    with tf.compat.v1.Graph().as_default():
        number = tf.compat.v1.placeholder(tf.float32, [])
        tf.compat.v1.summary.scalar("loss", number)
        tf.compat.v1.summary.histogram("weights", [number, 2.0, -3.0])
        tf.compat.v1.summary.image("picture", PICTURE[None])
        all_summaries = tf.compat.v1.summary.merge_all()
        writer = tf.compat.v1.summary.FileWriter(folder)
        with tf.compat.v1.Session() as session:
            for step in range(2):
                summary = session.run(all_summaries, {number: 0.5 + step})
                writer.add_summary(summary, step)
        writer.add_session_log(
            tf.compat.v1.SessionLog(status=tf.compat.v1.SessionLog.START), global_step=1
        )
        writer.close()


def write_keras(folder):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1, name="out")])
    model.compile("sgd", "mse")
    board = keras.callbacks.TensorBoard(folder, write_graph=True)
    # The graph of TensorFlow's operations is long, and nothing that we read.
    board._write_keras_model_train_graph = lambda: None
    inputs, targets = np.ones((4, 2), np.float32), np.ones(4, np.float32)
    model.fit(inputs, targets, epochs=2, verbose=0, callbacks=[board])


def write_keras_hparams(folder):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    hparams = hp.KerasCallback(folder, {"units": 1, "rate": 0.01, "name": "sgd", "bias": True})
    inputs, targets = np.ones((4, 2), np.float32), np.ones(4, np.float32)
    model.fit(inputs, targets, verbose=0, callbacks=[hparams])


def write_hparams(folder):
    with tf.summary.create_file_writer(folder).as_default():
        hp.hparams_config(
            hparams=[
                hp.HParam("units", hp.Discrete([1, 2])),
                hp.HParam("rate", hp.RealInterval(0.001, 0.1)),
                hp.HParam("bias", hp.Discrete([True, False])),
            ],
            metrics=[hp.Metric("epoch_loss", group="validation"), hp.Metric("loss")],
        )


def write_with(writer):
    """With PyTorch or tensorboardX, whose methods have the same names."""
    for step in range(3):
        writer.add_scalar("loss/train", 0.1 * 2.0**-step, step)
    writer.add_image("picture", PICTURE, 1, dataformats="HWC")
    writer.add_histogram("weights", np.array([-1.0, 0.5, 0.5, 2.0]), 1, bins=3)
    writer.add_text("note", "a text «ä»", 2)
    writer.close()


def write_torch(folder):
    write_with(torch.utils.tensorboard.SummaryWriter(folder))


def write_torch_scalars(folder):
    writer = torch.utils.tensorboard.SummaryWriter(folder)
    writer.add_scalar("new", 0.75, 3, new_style=True)
    double = torch.tensor(0.1, dtype=torch.float64)
    writer.add_scalar("double", double, 3, new_style=True, double_precision=True)
    writer.add_tensor("tensor", torch.tensor([1.0, 2.0]), 3)
    writer.close()


def write_torch_purge(folder):
    writer = torch.utils.tensorboard.SummaryWriter(folder, purge_step=2)
    writer.add_scalar("loss/train", 0.5, 2)
    writer.close()


def write_torch_hparams(folder):
    writer = torch.utils.tensorboard.SummaryWriter(folder)
    hparams = {"units": 4, "rate": 1e-05, "name": "sgd", "bias": True}
    writer.add_hparams(hparams, {"best/loss": 0.375}, run_name=".")
    writer.close()


def write_tensorboardx(folder):
    write_with(tensorboardX.SummaryWriter(folder))


def write_tensorboardx_hparams(folder):
    writer = tensorboardX.SummaryWriter(folder)
    hparams = {"units": 4, "rate": 1e-05, "name": "sgd", "bias": True}
    writer.add_hparams(hparams, {"best/loss": 0.375}, name=".")
    writer.close()


def write_tensorboard(folder):
    writer = tensorboard.summary.Writer(folder)
    for step in range(3):
        writer.add_scalar("loss", np.float32(0.1 * 2.0**-step), step)
    writer.close()


def main():
    FILES.mkdir(exist_ok=True)
    written("tensorflow", write_tensorflow)
    written("tensorflow_1", write_tensorflow_1)
    written("keras", write_keras)
    written("keras_hparams", write_keras_hparams)
    written("hparams", write_hparams)
    written("torch", write_torch)
    written("torch_scalars", write_torch_scalars)
    written("torch_purge", write_torch_purge)
    written("torch_hparams", write_torch_hparams)
    written("tensorboardx", write_tensorboardx)
    written("tensorboardx_hparams", write_tensorboardx_hparams)
    written("tensorboard", write_tensorboard)


main()
