"""Compares exported models, run by PyTorch, with what Fitting Room predicted.

    .tools/bench-python/bin/python -B bench/export.py --dataset data/NAME/dataset.npz FOLDER...

Each folder is what `fitroom export` wrote: a model.py, its model.safetensors, and a validation.npz.
Exits with 1 when a logit differs by more than it may, or a prediction that was no tie. How far
PyTorch differs with itself, where it predicts photographs one at a time, says what that is worth.
"""

import argparse
import importlib.util
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "setup"))

import numpy  # noqa: E402
import torch  # noqa: E402
from machine import SetupError, run  # noqa: E402
from tables import table  # noqa: E402

# By how much a logit may differ: both add up single precision, in other orders.
LARGEST_DIFFERENCE = 1e-5
# Two logits so near to each other may change places.
TIE = 1e-4
FILES = ["model.py", "model.safetensors", "validation.npz"]
HEADER = [
    "model", "photographs", "largest logit", "largest difference", "of PyTorch with itself",
    "other predictions", "of these no tie",
]  # fmt: skip


def read_images(path):
    """All photographs of a dataset: bytes (N, H, W, 3)."""
    with numpy.load(path) as arrays:
        return arrays["images"]


def read_predictions(folder):
    """The arrays of a model's validation.npz."""
    missing = [name for name in FILES if not (folder / name).exists()]
    if missing:
        raise SetupError(f"`{folder}` has no {', '.join(missing)}")
    with numpy.load(folder / "validation.npz") as arrays:
        return dict(arrays)


def inputs(images, predictions):
    """The photographs that were predicted, some of them in a mirror: bytes."""
    mirrored = predictions["mirrored"]
    chosen = images[predictions["photograph"]]
    chosen[mirrored] = chosen[mirrored, :, ::-1]
    return chosen


def logits_by_pytorch(folder, chosen, batch=64):
    """What the folder's model.py makes of photographs, so many at once: (N, classes)."""
    specification = importlib.util.spec_from_file_location("model", folder / "model.py")
    model = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(model)
    if chosen.shape[1:3] != (model.HEIGHT, model.WIDTH):
        raise SetupError(f"`{folder}` is for photographs of {model.WIDTH}×{model.HEIGHT} pixels")
    photographs, network = torch.from_numpy(chosen).permute(0, 3, 1, 2), model.load()
    with torch.inference_mode():
        return torch.cat([network(part / 255) for part in photographs.split(batch)]).numpy()


def compare(ours, theirs):
    """The largest difference of logits, how many predictions differ, how many of them no ties."""
    best, second = numpy.sort(theirs)[:, [-1, -2]].T
    other = ours.argmax(1) != theirs.argmax(1)
    return abs(ours - theirs).max(), other.sum(), (other & (best - second > TIE)).sum()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True, type=Path, help="its dataset.npz")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="an exported model")
    arguments = parser.parse_args()
    # With several, PyTorch's own logits move by as much as is allowed here.
    torch.set_num_threads(1)
    images = read_images(arguments.dataset)
    rows, within = [], True
    for folder in arguments.folders:
        predictions = read_predictions(folder)
        ours, chosen = predictions["logits"], inputs(images, predictions)
        theirs = logits_by_pytorch(folder, chosen)
        difference, other, no_tie = compare(ours, theirs)
        itself, _, _ = compare(logits_by_pytorch(folder, chosen, batch=1), theirs)
        within &= bool(difference <= LARGEST_DIFFERENCE and no_tie == 0)
        figures = [f"{abs(theirs).max():.1f}", f"{difference:.1e}", f"{itself:.1e}", other, no_tie]
        rows.append(["/".join(folder.parts[-2:]), len(ours), *figures])
    print(table(HEADER, rows))
    return 0 if within else 1


if __name__ == "__main__":
    run(main)
