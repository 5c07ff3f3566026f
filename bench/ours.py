"""Runs Fitting Room itself as a person would, in folders of the benchmark's own."""

import json
import resource
import shutil

from peer import run_to_end
from place import DATASETS, FITROOM, RUNS, TASKS, WORK

FOLDERS = ["--runs", RUNS, "--reports", WORK / "reports", "--datasets", DATASETS]


def sweep_alone(file, dataset, changes):
    """Trains a sweep with one worker; returns its trials and the seconds of processor time that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    listed, _ = sweep(file, dataset, changes, workers=1)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return listed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def sweep(file, dataset, changes, and_report=False, workers=2):
    """Trains a sweep that nothing was trained of before; returns its trials and the seconds."""
    shutil.rmtree(RUNS, ignore_errors=True)
    call = [FITROOM, "sweep", file, "--data", dataset, "--tasks", TASKS, *FOLDERS, "--workers", workers, "--device", "cpu"]
    for key, value in changes.items():
        call += ["--set", f"{key}={json.dumps(value)}"]
    _, seconds = run_to_end([(call, {})], "sweep")
    if and_report:
        _, of_report = run_to_end([([FITROOM, "report", *FOLDERS], {})], "report")
        seconds += of_report
    [listed], _ = run_to_end([([FITROOM, "runs", "list", "--json", *FOLDERS], {})], "list")
    return json.loads(listed), seconds
