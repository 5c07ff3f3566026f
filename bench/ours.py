"""Runs Fitting Room itself as a person would, in folders of the benchmark's own."""

import json
import shutil

from peer import run_to_end
from place import DATASETS, FITROOM, RUNS, TASKS, WORK

FOLDERS = ["--runs", RUNS, "--reports", WORK / "reports", "--datasets", DATASETS]


def sweep(file, dataset, changes, and_report=False):
    """Trains a sweep that nothing was trained of before; returns its trials and the seconds."""
    shutil.rmtree(RUNS, ignore_errors=True)
    call = [FITROOM, "sweep", file, "--data", dataset, "--tasks", TASKS, *FOLDERS, "--workers", 2, "--device", "cpu"]
    for key, value in changes.items():
        call += ["--set", f"{key}={json.dumps(value)}"]
    _, seconds = run_to_end([(call, {})], "sweep")
    if and_report:
        _, of_report = run_to_end([([FITROOM, "report", *FOLDERS], {})], "report")
        seconds += of_report
    [listed], _ = run_to_end([([FITROOM, "runs", "list", "--json", *FOLDERS], {})], "list")
    return json.loads(listed), seconds
