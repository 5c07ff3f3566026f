"""The photographs that all contenders are trained on."""

import functools
import os
import shutil
from pathlib import Path

from machine import SetupError
from peer import run_to_end
from place import DATASETS, FITROOM, PEERS, WORK

# The column with so many classes.
COLUMNS = {2: "gender", 3: "category"}


@functools.cache
def ensure():
    """Packs the real catalogue, where FITROOM_TEST_DATA names its folder, else draws the demo.

    Returns the dataset's folder.
    """
    source = os.environ.get("FITROOM_TEST_DATA")
    if source is None:
        folder, arguments = DATASETS / "demo", ["data", "demo"]
    else:
        archive = Path(source) / "fashion-catalogue.zip"
        if not archive.exists():
            raise SetupError(f"FITROOM_TEST_DATA is `{source}`, which has no `{archive.name}`")
        folder = DATASETS / "catalogue"
        arguments = ["data", "import", archive, "--labels", "labels.csv", "--size", "60x80"]
    # Made anew, so that no older program's dataset is measured.
    shutil.rmtree(folder, ignore_errors=True)
    run_to_end([([FITROOM, *arguments, "--out", folder], {})], "dataset")
    return folder


def photographs(python, folder, shape, most):
    """Mixed photographs of the train split, and their classes, as a network's shape wants them.

    Returns their folder, and how many they are.
    """
    column = COLUMNS[shape["classes"]]
    out = WORK / f"{column}-{shape['height']}x{shape['width']}"
    out.mkdir(parents=True, exist_ok=True)
    numbers = [shape["classes"], most, shape["batch_size"], shape["height"], shape["width"]]
    call = [python, PEERS / "photographs.py", folder, column, *numbers, out]
    [count], _ = run_to_end([(call, {})], "photographs")
    return out, int(count)


def describe(folder):
    if folder.name == "demo":
        return "the demo catalogue (FITROOM_TEST_DATA names no folder with the real one)"
    return "the real catalogue (`fashion-catalogue.zip`, 60×80 pixels)"
