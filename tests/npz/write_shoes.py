"""Writes shoes_train.npz, shoes_validation.npz and shoes_test.npz into a folder, as the study kept its shoes.

Photographs of 24 x 32 pixels that can be told apart: for each type a bright bar at another height, for
women on a warm ground and for men on a cold one, with noise.
"""

import pathlib
import sys

import numpy

TYPES = [5, 6]  # of men, of women

folder = pathlib.Path(sys.argv[1])
random = numpy.random.default_rng(0)
for split, copies in [("train", 32), ("validation", 8), ("test", 4)]:
    images, labels, genders = [], [], []
    for _ in range(copies):
        for gender, types in enumerate(TYPES):
            for label in range(types):
                image = random.integers(0, 60, (32, 24, 3))
                image[:, :, 0 if gender else 2] += 70
                top = 2 + 5 * label + random.integers(0, 2)
                image[top : top + 3, 3:21] += 120
                images.append(image)
                labels.append(label)
                genders.append(gender)
    numpy.savez_compressed(
        folder / f"shoes_{split}.npz",
        images=numpy.asarray(images, numpy.uint8, order="F"),
        labels=numpy.array(labels),
        genders=numpy.array(genders),
    )
