"""Keras's training step: photographs each second inside `Model.fit`, after its first step."""

import time

import keras
from catalogue import photographs
from conversation import answer_with, settings
from keras_network import network, use_threads

settings = settings()
use_threads(settings)
batch_size = settings["batch_size"]
images, labels = photographs(settings["photographs"])
model = network(settings, images.shape[1:], settings["classes"], learning_rate=1e-3)


class Clock(keras.callbacks.Callback):
    """Ends training after some seconds; the first step, which sets `fit` up, does not count."""

    def __init__(self, seconds):
        super().__init__()
        self.seconds, self.steps, self.begin = seconds, -1, None

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        now = time.perf_counter()
        self.begin = self.begin or now
        if self.steps > 0 and now - self.begin >= self.seconds:
            self.model.stop_training = True
            self.rate = self.steps * batch_size / (now - self.begin)


def measure(seconds):
    clock = Clock(seconds)
    model.fit(images, labels, batch_size=batch_size, epochs=1_000_000, verbose=0, shuffle=False, callbacks=[clock])
    return {"rate": clock.rate}


measure(seconds=1)
answer_with(measure)
