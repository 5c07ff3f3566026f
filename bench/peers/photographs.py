"""Writes photographs of a dataset and their classes for the training step, the same for everybody.

Usage: photographs.py DATASET COLUMN CLASSES COUNT BATCH HEIGHT WIDTH OUT; prints how many they are: COUNT or as many as
there are, in whole batches.
"""

import sys
from pathlib import Path

import numpy
from PIL import Image

folder, column, *numbers, out = sys.argv[1:]
classes, count, batch, height, width = map(int, numbers)
arrays = numpy.load(Path(folder) / "dataset.npz")
rows = numpy.flatnonzero((arrays["split"] == 0) & (arrays[column] >= 0))
count = min(count, len(rows)) // batch * batch
# Mixed, as in training.
rows = numpy.random.default_rng(0).permutation(rows)[:count]
labels = arrays[column][rows].astype(numpy.int64)
if set(labels) != set(range(classes)):
    sys.exit(f"{count} photographs of `{column}` have not all of {classes} classes, or more")
images = [
    numpy.asarray(Image.fromarray(image).resize((width, height))) for image in arrays["images"][rows]
]
numpy.save(Path(out) / "images.npy", numpy.stack(images))
numpy.save(Path(out) / "classes.npy", labels)
print(count)
