"""A grid with KerasTuner's GridSearch.

As several processes, one of them, the chief, hands out the trials and prints the leaderboard, as
KerasTuner's environment variables tell it.
"""

import json
import os
from pathlib import Path

import keras
import keras_tuner
from catalogue import trousers
from conversation import settings
from keras_network import network, use_threads

settings = settings()
use_threads(settings)
epochs_trained = Path(settings["folder"]) / "epochs"
(images, labels), validation, classes = trousers(settings["dataset"])


def build(hyperparameters):
    chosen = {key: hyperparameters.Choice(key, values) for key, values in settings["grid"].items()}
    return network(chosen, images.shape[1:], len(classes), settings["learning_rate"])


class CountEpochs(keras.callbacks.Callback):
    """Adds a byte for each epoch to a file that all processes share."""

    def on_epoch_end(self, epoch, logs=None):
        with open(epochs_trained, "a") as file:
            file.write(".")


tuner = keras_tuner.GridSearch(
    build,
    objective="val_accuracy",
    max_trials=settings["configurations"],
    directory=settings["folder"],
    project_name="grid",
    seed=0,
)
tuner.search(
    images,
    labels,
    batch_size=settings["batch_size"],
    epochs=settings["epochs"],
    validation_data=validation,
    verbose=0,
    callbacks=[
        keras.callbacks.EarlyStopping(
            monitor="val_loss", patience=settings["patience"], restore_best_weights=True
        ),
        CountEpochs(),
    ],
)
if os.environ.get("KERASTUNER_TUNER_ID", "chief") == "chief":
    # The leaderboard; the last line is for the benchmark.
    tuner.results_summary(settings["configurations"])
    trials = tuner.oracle.get_best_trials(settings["configurations"])
    print(json.dumps({"trials": len(trials), "epochs": epochs_trained.stat().st_size}))
