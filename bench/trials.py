"""Whole trials: everything from the start of the program to the end of the last trial."""

import itertools
import json
import shutil
import subprocess
import time

import tables
from peer import BENCH, MODES, run_all

CONFIGURATIONS = [
    {"kernel_size_1": size, "kernel_size_2": 3, "kernel_num": 32, "dense_size": 256} for size in (3, 5, 7)
]
GRID = {"kernel_size_1": [3, 5], "kernel_size_2": [3], "kernel_num": [16, 32], "dense_size": [64, 128]}


def sweep(program, name, dataset, folder, epochs):
    """Our own sweep and its report: the seconds that both take, and the trials."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    places = ["--runs", folder / "runs"]
    begin = time.monotonic()
    call = [program, "sweep", BENCH / "sweeps" / f"{name}.toml", *places, "--data", dataset]
    subprocess.run([*call, "--set", f"epochs={epochs}"], check=True, capture_output=True)
    report = [program, "report", *places, "--reports", folder / "reports"]
    subprocess.run(report, check=True, capture_output=True)
    seconds = time.monotonic() - begin
    listed = subprocess.run([program, "runs", "list", "--json", *places], check=True, stdout=subprocess.PIPE)
    trials = json.loads(listed.stdout)
    assert all(trial["state"] == "finished" for trial in trials)
    return seconds, trials


def fastest(attempts):
    """The mode with the least seconds: (mode, seconds, results)."""
    return min(attempts, key=lambda attempt: attempt[1])


def keras_trials(dataset, folder, epochs):
    attempts = []
    for mode, (processes, threads) in MODES.items():
        shared = {"dataset": str(dataset), "threads": threads, "epochs": epochs, "logs": str(folder / mode)}
        jobs = [{**shared, "configurations": CONFIGURATIONS[part::processes]} for part in range(processes)]
        seconds, results = run_all("keras_trials.py", jobs)
        attempts.append((mode, seconds, list(itertools.chain(*results))))
    return fastest(attempts)


def report_trials(program, dataset, folder, quick):
    """Measures whole trials and returns their section of the results."""
    epochs = 2 if quick else 15
    seconds, trials = sweep(program, "trials", dataset, folder / "trials", epochs)
    mode, keras_seconds, results = keras_trials(dataset, folder / "keras", epochs)
    rows = [
        row("fitroom, 1 process, 2 workers", seconds, [trial["epochs"] for trial in trials],
            [trial["accuracy"] for trial in trials]),
        row(f"Keras, {mode}", keras_seconds, [result["epochs"] for result in results],
            [result["accuracy"] for result in results]),
    ]  # fmt: skip
    per_epoch = keras_seconds / sum(result["epochs"] for result in results)
    per_epoch /= seconds / sum(trial["epochs"] for trial in trials)
    return f"""## Whole trials

trousers_all on {dataset.name}, kernel_size_1 3, 5 and 7, kernel_size_2 3, kernel_num 32, dense_size 256: at most
{epochs} epochs with early stopping, validation and logging, from the start of the program to the end of the last
trial. Keras with the study's callbacks, in the faster of its two modes; ours with its database, run folders,
event files and the report.

{tables.table(["", "seconds", "epochs", "validation accuracy"], rows)}

Ratio: **{keras_seconds / seconds:.2f}** in all, {per_epoch:.2f} for each epoch (early stopping ends trials at
different epochs).
"""


def report_grid(program, dataset, folder, quick):
    """Measures a small grid and returns its section of the results."""
    epochs = 1 if quick else 15
    seconds, trials = sweep(program, "grid", dataset, folder / "grid", epochs)
    optuna = optuna_grid(dataset, folder / "optuna", epochs)
    tuner = keras_tuner_grid(dataset, folder / "keras-tuner", epochs)
    rows = [
        row("fitroom, 1 process, 2 workers", seconds, [trial["epochs"] for trial in trials]),
        row(f"Optuna's GridSampler and PyTorch, {optuna[0]}", *optuna[1:]),
        row(f"KerasTuner's GridSearch, {tuner[0]}", *tuner[1:]),
    ]
    return f"""## A grid of eight configurations

trousers_all on {dataset.name}, kernel_size_1 3 and 5, kernel_num 16 and 32, dense_size 64 and 128: at most {epochs}
epochs with early stopping, by the time from the start of the program to the finished leaderboard. Optuna's
processes share their study in SQLite and keep each trial's best weights; the faster of its two modes is shown.
KerasTuner is shown as it is used, in one process. (Its epochs are those of the best weights.)

{tables.table(["", "seconds", "epochs"], rows)}

Ratio: **{optuna[1] / seconds:.2f}** to Optuna and PyTorch, **{tuner[1] / seconds:.2f}** to KerasTuner.
"""


def optuna_grid(dataset, folder, epochs):
    attempts = []
    for mode, (processes, threads) in MODES.items():
        here = folder / mode.replace(" ", "-")
        shutil.rmtree(here, ignore_errors=True)
        here.mkdir(parents=True)
        settings = {
            "dataset": str(dataset), "threads": threads, "epochs": epochs, "grid": GRID,
            "storage": f"sqlite:///{here}/study.db", "models": str(here),
            "leaderboard": str(here / "leaderboard.csv"), "trials": 8 // processes,
        }  # fmt: skip
        seconds, results = run_all("optuna_grid.py", [settings] * processes)
        attempts.append((mode, seconds, max((result["epochs"] for result in results), key=len)))
    return fastest(attempts)


def keras_tuner_grid(dataset, folder, epochs):
    shutil.rmtree(folder, ignore_errors=True)
    mode = next(iter(MODES))
    settings = {
        "dataset": str(dataset), "threads": 2, "epochs": epochs, "grid": GRID, "folder": str(folder)
    }  # fmt: skip
    seconds, [result] = run_all("keras_tuner_grid.py", [settings])
    return mode, seconds, result["epochs"]


def row(name, seconds, epochs, accuracies=None):
    cells = [name, tables.duration(seconds), f"{sum(epochs)} in {len(epochs)} trials"]
    if accuracies:
        cells.append(", ".join(f"{accuracy:.3f}" for accuracy in accuracies))
    return cells
