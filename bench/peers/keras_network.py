"""The study's network in Keras, compiled as the study did."""

import keras
import tensorflow


def use_threads(settings):
    """Gives TensorFlow one thread where two processes share the machine, else its defaults."""
    if settings["threads"] == 1:
        tensorflow.config.threading.set_intra_op_parallelism_threads(1)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)


def network(hyperparameters, input_shape, classes, learning_rate):
    layers = [keras.Input(input_shape)]
    for number in (1, 2):
        size = hyperparameters[f"kernel_size_{number}"]
        layers += [
            keras.layers.Conv2D(hyperparameters["kernel_num"], size, activation="relu"),
            keras.layers.MaxPooling2D(2),
        ]
    layers.append(keras.layers.Flatten())
    if hyperparameters["dense_size"]:
        layers.append(keras.layers.Dense(hyperparameters["dense_size"], activation="relu"))
    layers.append(keras.layers.Dense(classes, activation="softmax"))
    model = keras.Sequential(layers)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
