"""Whole trials in Keras with the study's callbacks: early stopping, TensorBoard with weight histograms, a
picture of the confusion matrix in each epoch, and the hyperparameters for TensorBoard.

Trains one configuration after the other; the last line that it prints is their epochs and accuracies.
"""

import io
import json
import time

import keras
import matplotlib
import numpy
import tensorflow
from catalogue import trousers_all
from conversation import settings
from keras_network import network, use_threads
from tensorboard.plugins.hparams import api as hparams

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

settings = settings()
use_threads(settings)
(images, labels), validation, classes = trousers_all(settings["dataset"])


class ConfusionPicture(keras.callbacks.Callback):
    """Draws the confusion matrix of the validation photographs after each epoch."""

    def __init__(self, folder):
        super().__init__()
        self.writer = tensorflow.summary.create_file_writer(folder)

    def on_epoch_end(self, epoch, logs=None):
        predicted = numpy.argmax(self.model.predict(validation[0], verbose=0), axis=1)
        counts = tensorflow.math.confusion_matrix(validation[1], predicted, classes).numpy()
        figure, axes = pyplot.subplots(figsize=(6, 6))
        axes.imshow(counts, cmap="Blues")
        for (row, column), count in numpy.ndenumerate(counts):
            axes.text(column, row, str(count), ha="center")
        picture = io.BytesIO()
        figure.savefig(picture, format="png")
        pyplot.close(figure)
        pixels = tensorflow.image.decode_png(picture.getvalue(), channels=4)
        with self.writer.as_default():
            tensorflow.summary.image("confusion_matrix", pixels[None], step=epoch)


def train(hyperparameters):
    begin = time.monotonic()
    keras.utils.set_random_seed(0)
    model = network(hyperparameters, images.shape[1:], classes, learning_rate=1e-3)
    folder = f"{settings['logs']}/{'-'.join(str(value) for value in hyperparameters.values())}"
    history = model.fit(
        images, labels, batch_size=64, epochs=settings["epochs"], validation_data=validation, verbose=0,
        callbacks=[
            keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True),
            keras.callbacks.TensorBoard(folder, histogram_freq=1),
            ConfusionPicture(f"{folder}/confusion"),
            hparams.KerasCallback(f"{folder}/hparams", hyperparameters),
        ],
    ).history  # fmt: skip
    best = int(numpy.argmin(history["val_loss"]))
    return {
        "epochs": len(history["loss"]),
        "accuracy": history["val_accuracy"][best],
        "seconds": time.monotonic() - begin,
    }


print(json.dumps([train(hyperparameters) for hyperparameters in settings["configurations"]]))
