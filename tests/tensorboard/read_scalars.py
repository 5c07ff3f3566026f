"""Prints the scalars of all event files under a folder, as TensorBoard's own reader understands them.

    read_scalars.py DIR

JSON: {run: {tag: [[step, value], ...]}}, in the order of the file. A run is the path of its folder
below DIR, `.` for DIR itself. Values that are not finite are the strings NaN, Infinity, -Infinity.
Needs the Python package `tensorboard`.
"""

import json
import math
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import SCALARS, EventAccumulator


def value_as_json(value):
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def read_run(folder):
    accumulator = EventAccumulator(str(folder), size_guidance={SCALARS: 0})
    accumulator.Reload()
    return {
        tag: [[event.step, value_as_json(event.value)] for event in accumulator.Scalars(tag)]
        for tag in accumulator.Tags()[SCALARS]
    }


def main():
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: read_scalars.py DIR (a folder that exists)")
    root = Path(sys.argv[1])
    folders = sorted({file.parent for file in root.rglob("*tfevents*")})
    runs = {folder.relative_to(root).as_posix(): read_run(folder) for folder in folders}
    json.dump(runs, sys.stdout, allow_nan=False)


main()
