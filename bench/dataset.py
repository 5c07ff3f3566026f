"""The photographs that whole trials and grids are trained on."""

import os
import shutil
from pathlib import Path

from machine import SetupError
from peer import run_to_end
from place import DATASETS, FITROOM


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


def describe(folder):
    if folder.name == "demo":
        return "the demo catalogue (FITROOM_TEST_DATA names no folder with the real one)"
    return "the real catalogue (`fashion-catalogue.zip`, 60×80 pixels)"
