"""Writes photographs of a dataset and their classes for the training step, the same for everybody.

Usage: photographs.py DATASET COLUMN COUNT HEIGHT WIDTH OUT
"""

import sys
from pathlib import Path

import numpy
from PIL import Image

folder, column, count, height, width, out = sys.argv[1:]
arrays = numpy.load(Path(folder) / "dataset.npz")
rows = numpy.flatnonzero((arrays["split"] == 0) & (arrays[column] >= 0))
# Mixed, as in training.
rows = numpy.random.default_rng(0).permutation(rows)[: int(count)]
images = [
    numpy.asarray(Image.fromarray(image).resize((int(width), int(height))))
    for image in arrays["images"][rows]
]
numpy.save(Path(out) / "images.npy", numpy.stack(images))
numpy.save(Path(out) / "classes.npy", arrays[column][rows].astype(numpy.int64))
