"""The study's network in PyTorch, and training as its users write it."""

from torch import nn


def network(hyperparameters, input_shape, classes):
    """Up to the logits; `input_shape` is (height, width)."""
    kernel_num, layers, channels = hyperparameters["kernel_num"], [], 3
    height, width = input_shape
    for number in (1, 2):
        size = hyperparameters[f"kernel_size_{number}"]
        layers += [nn.Conv2d(channels, kernel_num, size), nn.ReLU(), nn.MaxPool2d(2)]
        channels, height, width = kernel_num, (height - size + 1) // 2, (width - size + 1) // 2
    layers.append(nn.Flatten())
    features = kernel_num * height * width
    if hyperparameters["dense_size"]:
        layers += [nn.Linear(features, hyperparameters["dense_size"]), nn.ReLU()]
        features = hyperparameters["dense_size"]
    layers.append(nn.Linear(features, classes))
    model = nn.Sequential(*layers)
    # As Keras begins: Glorot's uniform weights, biases of zero.
    for layer in model:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return model


def train_step(model, optimizer, images, labels):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()
