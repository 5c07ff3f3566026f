"""Predicts a dataset's photographs with exported weights, by nothing but NumPy, and prints how far the result is from
what Fitting Room kept.

    python forward.py EXPORTED DATASET.npz VALIDATION.npz
"""

import json
import struct
import sys
from pathlib import Path

import numpy


def read_safetensors(path):
    """The arrays by name: a length, a header in JSON, and then the numbers."""
    content = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    arrays = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", entry
        start, end = entry["data_offsets"]
        numbers = numpy.frombuffer(content[8 + length :][start:end], "<f4")
        arrays[name] = numbers.reshape(entry["shape"]).astype(numpy.float64)
    return arrays


def convolve(pictures, kernel, bias):
    """(N, C, H, W) with a kernel (kernels, C, height, width), without padding."""
    windows = numpy.lib.stride_tricks.sliding_window_view(pictures, kernel.shape[2:], axis=(2, 3))
    return numpy.einsum("nchwij,kcij->nkhw", windows, kernel) + bias[:, None, None]


def pool(pictures):
    """The largest of each two by two pixels; what is left over at the edges is dropped."""
    count, channels, height, width = pictures.shape
    height, width = height // 2, width // 2
    cut = pictures[:, :, : 2 * height, : 2 * width]
    return cut.reshape(count, channels, height, 2, width, 2).max(axis=(3, 5))


def predict(weights, photographs):
    """The logits of photographs (N, H, W, 3) from 0 to 255."""
    features = photographs.transpose(0, 3, 1, 2) / 255
    for layer in ("convolution_1", "convolution_2"):
        convolved = convolve(features, weights[f"{layer}.kernel"], weights[f"{layer}.bias"])
        features = pool(numpy.maximum(convolved, 0))
    features = features.transpose(0, 2, 3, 1).reshape(len(features), -1)
    if "hidden.kernel" in weights:
        hidden = features @ weights["hidden.kernel"].T + weights["hidden.bias"]
        features = numpy.maximum(hidden, 0)
    return features @ weights["output.kernel"].T + weights["output.bias"]


exported, dataset, validation = sys.argv[1:]
kept = numpy.load(validation)
photographs = numpy.load(dataset)["images"][kept["photograph"]]
photographs[kept["mirrored"]] = photographs[kept["mirrored"], :, ::-1]
logits = predict(read_safetensors(Path(exported) / "model.safetensors"), photographs)
assert logits.shape == kept["logits"].shape, (logits.shape, kept["logits"].shape)
assert numpy.ptp(kept["logits"]) > 0.1, "the logits are all alike"
print(len(logits), numpy.abs(logits - kept["logits"]).max())
