"""The photographs that all contenders are trained on."""

import os
import shutil
from pathlib import Path

from machine import SetupError
from peer import run_to_end
from place import DATASETS, FITROOM, PEERS, WORK


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


def photographs(python, folder, column, count, size):
    """A folder of mixed photographs of the train split, (height, width) pixels, and their classes."""
    height, width = size
    out = WORK / f"{column}-{height}x{width}"
    out.mkdir(parents=True, exist_ok=True)
    call = [python, PEERS / "photographs.py", folder, column, count, height, width, out]
    run_to_end([(call, {})], "photographs")
    return out


def describe(folder):
    if folder.name == "demo":
        return "the demo catalogue (FITROOM_TEST_DATA names no folder with the real one)"
    return "the real catalogue (`fashion-catalogue.zip`, 60×80 pixels)"
