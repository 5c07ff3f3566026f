"""Photographs from 0 to 1 with their classes, as the contenders get them."""

import tomllib
from pathlib import Path

import numpy


def trousers(folder):
    """The task trousers_all of a dataset: (images, classes) of train, the same of validation, and the classes' names."""
    columns = tomllib.loads((Path(folder) / "dataset.toml").read_text())["columns"]
    names = {column["name"]: column["classes"] for column in columns}
    arrays = numpy.load(Path(folder) / "dataset.npz")
    gender, kind = arrays["gender"], arrays["type"]
    wanted = arrays["category"] == names["category"].index("trousers")
    wanted &= (gender >= 0) & (kind >= 0)
    pairs, classes = numpy.unique(
        numpy.stack([gender, kind], axis=1)[wanted], axis=0, return_inverse=True
    )
    images, split = arrays["images"][wanted], arrays["split"][wanted]
    labelled = [
        (images[split == number].astype(numpy.float32) / 255, classes[split == number])
        for number in (0, 1)
    ]
    return *labelled, [f"{names['gender'][g]} · {names['type'][t]}" for g, t in pairs]


def photographs(folder):
    """Those that photographs.py wrote for the training step: (images, classes)."""
    images, classes = (numpy.load(Path(folder) / f"{name}.npy") for name in ("images", "classes"))
    return images.astype(numpy.float32) / 255, classes
