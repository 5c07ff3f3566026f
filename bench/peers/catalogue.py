"""The task trousers_all of a dataset that `fitroom` packed, as arrays."""

import tomllib
from pathlib import Path

import numpy

SPLITS = {"train": 0, "validation": 1}


def trousers_all(folder):
    """Images in [0, 1] (N, H, W, 3) and classes (N) of `train` and `validation`, and how many classes there
    are: every gender and type of trousers that occurs."""
    folder = Path(folder)
    arrays = numpy.load(folder / "dataset.npz")
    columns = tomllib.loads((folder / "dataset.toml").read_text())["columns"]
    names = {column["name"]: column["classes"] for column in columns}
    chosen = arrays["category"] == names["category"].index("trousers")
    chosen &= (arrays["gender"] >= 0) & (arrays["type"] >= 0)
    pairs = arrays["gender"] * len(names["type"]) + arrays["type"]
    occurring, classes = numpy.unique(pairs[chosen], return_inverse=True)
    split, images = arrays["split"][chosen], arrays["images"][chosen]
    parts = []
    for code in SPLITS.values():
        parts.append((images[split == code].astype(numpy.float32) / 255, classes[split == code]))
    return *parts, len(occurring)
