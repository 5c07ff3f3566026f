"""Whole trials in Keras with the study's callbacks, one after the other."""

import io
import time
from pathlib import Path

import keras
import matplotlib
import numpy
import tensorflow
from catalogue import trousers
from conversation import answer_with, settings
from keras_network import network, use_threads
from tensorboard.plugins.hparams import api as hparams

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

settings = settings()
use_threads(settings)
(images, labels), (validation_images, validation_labels), classes = trousers(settings["dataset"])


class ConfusionMatrix(keras.callbacks.Callback):
    """Draws the validation photographs' confusion matrix for TensorBoard after each epoch."""

    def __init__(self, folder):
        super().__init__()
        self.writer = tensorflow.summary.create_file_writer(str(folder))

    def on_epoch_end(self, epoch, logs=None):
        predicted = self.model.predict(validation_images, verbose=0).argmax(axis=1)
        matrix = numpy.zeros((len(classes), len(classes)), int)
        numpy.add.at(matrix, (validation_labels, predicted), 1)
        picture = tensorflow.image.decode_png(draw(matrix), channels=4)
        with self.writer.as_default():
            tensorflow.summary.image("confusion_matrix", picture[None], step=epoch)


def draw(matrix):
    """A PNG of a confusion matrix, as in TensorFlow's tutorial on image summaries."""
    figure = pyplot.figure(figsize=(8, 8))
    pyplot.imshow(matrix, interpolation="nearest", cmap=pyplot.cm.Blues)
    pyplot.title("Confusion matrix")
    pyplot.colorbar()
    pyplot.xticks(range(len(classes)), classes, rotation=45)
    pyplot.yticks(range(len(classes)), classes)
    shares = numpy.around(matrix / numpy.maximum(matrix.sum(axis=1, keepdims=True), 1), 2)
    for row, column in numpy.ndindex(matrix.shape):
        colour = "white" if matrix[row, column] > matrix.max() / 2 else "black"
        pyplot.text(column, row, shares[row, column], horizontalalignment="center", color=colour)
    pyplot.tight_layout()
    pyplot.ylabel("True label")
    pyplot.xlabel("Predicted label")
    png = io.BytesIO()
    pyplot.savefig(png, format="png")
    pyplot.close(figure)
    return png.getvalue()


def train(trial, seed, epochs):
    """Trains one trial and logs it; returns its epochs and the kept weights' accuracy."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    model = network(trial, images.shape[1:], len(classes), settings["learning_rate"])
    folder = Path(settings["logs"]) / f"{time.time_ns()}-{seed}"
    history = model.fit(
        images,
        labels,
        batch_size=settings["batch_size"],
        epochs=epochs,
        validation_data=(validation_images, validation_labels),
        verbose=0,
        callbacks=[
            keras.callbacks.EarlyStopping(
                monitor="val_loss", patience=settings["patience"], restore_best_weights=True
            ),
            keras.callbacks.TensorBoard(folder, histogram_freq=1),
            ConfusionMatrix(folder / "cm"),
            hparams.KerasCallback(str(folder / "hparam_tuning"), trial),
        ],
    )
    _, accuracy = model.evaluate(validation_images, validation_labels, verbose=0)
    with tensorflow.summary.create_file_writer(str(folder / "hparam_tuning")).as_default():
        tensorflow.summary.scalar("accuracy", accuracy, step=1)
    return {"epochs": len(history.epoch), "accuracy": accuracy}


def measure(trial, seeds, epochs):
    return [train(trial, seed, epochs) for seed in seeds]


answer_with(measure)
