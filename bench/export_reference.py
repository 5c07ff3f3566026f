"""Writes the logits that the test `pytorch` of crates/train is held to, as PyTorch computes them.

    cargo run --release -p fitroom-train --example exported_models -- FOLDER --test-data FOLDER
    .tools/bench-python/bin/python -B bench/export_reference.py FOLDER [OUT]

OUT is crates/train/tests/golden/pytorch.npz, if it is not named. It gets `DATASET.bytes`, the sum
of each photograph's bytes, by which the test knows them again, and for each network the logits
`DATASET.NETWORK`, (photographs, classes).
"""

import argparse
from pathlib import Path

import numpy
from export import inputs, logits_by_pytorch, read_images, read_predictions
from machine import ROOT, run

OUT = ROOT / "crates" / "train" / "tests" / "golden" / "pytorch.npz"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, metavar="FOLDER", help="what `exported_models` wrote")
    parser.add_argument("out", nargs="?", type=Path, default=OUT, metavar="OUT")
    arguments = parser.parse_args()
    arrays = {}
    for dataset in sorted(arguments.source.iterdir()):
        images = read_images(dataset / "dataset.npz")
        for folder in sorted(path.parent for path in dataset.glob("*/model.py")):
            chosen = inputs(images, read_predictions(folder))
            arrays[f"{dataset.name}.bytes"] = chosen.sum(axis=(1, 2, 3), dtype=numpy.int64)
            arrays[f"{dataset.name}.{folder.name}"] = logits_by_pytorch(folder, chosen)
    numpy.savez(arguments.out, **arrays)


if __name__ == "__main__":
    run(main)
