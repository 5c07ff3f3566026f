"""A grid by KerasTuner's GridSearch. Prints how many trials it trained."""

import json

import keras
import keras_tuner
from catalogue import trousers_all
from conversation import settings
from keras_network import network, use_threads

settings = settings()
use_threads(settings)
(images, labels), validation, classes = trousers_all(settings["dataset"])


def build(hyperparameters):
    chosen = {name: hyperparameters.Choice(name, values) for name, values in settings["grid"].items()}
    return network(chosen, images.shape[1:], classes, learning_rate=1e-3)


tuner = keras_tuner.GridSearch(
    build, objective="val_accuracy", max_trials=None, seed=0, directory=settings["folder"], project_name="grid"
)
tuner.search(
    images, labels, batch_size=64, epochs=settings["epochs"], validation_data=validation, verbose=0,
    callbacks=[keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)],
)  # fmt: skip
tuner.results_summary()
trials = tuner.oracle.get_best_trials(100)
print(json.dumps({"epochs": [trial.best_step + 1 for trial in trials]}))
