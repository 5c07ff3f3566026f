"""A small grid, from start to finished leaderboard, against Optuna with PyTorch and KerasTuner."""

import json
import math
import shutil
import socket
import tomllib

import dataset
import ours
from machine import SetupError
from peer import MODES, run_to_end
from place import PEERS, SWEEPS, WORK
from tables import number, ratio, table

NAMES = {"optuna_grid.py": "Optuna + PyTorch", "keras_tuner_grid.py": "KerasTuner"}
EXPLANATION = """\
{configurations} configurations of trousers_all on {photographs}:
{grid}; at most {epochs} epochs, early stopping with patience {patience}.
Seconds from the first start of a program to its finished leaderboard. Ours is `fitroom sweep` and
`fitroom report`; Optuna's GridSampler trains with PyTorch, KerasTuner's GridSearch with Keras, each
the whole grid as 1 process with 2 threads and as 2 processes with 1 thread each (Optuna's share a
SQLite file, KerasTuner's have a chief besides, whose leaderboard comes after the clock has stopped);
the ratio is given for the better. Everything is measured once. The epoch at
which a trial stops is chance, so the epochs that each trained are given too."""


def run(python, quick, say):
    """Measures the grid with each program; returns Markdown."""
    folder = dataset.ensure()
    file = tomllib.loads((SWEEPS / "grid.toml").read_text())
    grid, train = file["hyperparameters"], file["train"]
    if quick:
        grid = {key: values[:1] if key != "kernel_num" else values for key, values in grid.items()}
    epochs = 1 if quick else train["epochs"]
    settings = {
        **train,
        "epochs": epochs,
        "grid": grid,
        "configurations": math.prod(map(len, grid.values())),
        "dataset": str(folder),
    }
    rows = []
    for turn, mode in enumerate(MODES):
        for script, name in NAMES.items():
            counted, seconds = run_peer(python, script, mode, settings)
            say(f"grid: {name}, {mode.name}: {number(seconds)} s")
            rows.append((name, mode.name, counted, seconds))
        if turn == 0:
            changes = {**grid, "epochs": epochs}
            trials, of_ours = ours.sweep(SWEEPS / "grid.toml", folder, changes, and_report=True)
            say(f"grid: ours: {number(of_ours)} s")
            rows.append(
                ("Fitting Room", "2 workers", sum(trial["epochs"] for trial in trials), of_ours)
            )
    explanation = EXPLANATION.format(
        **{**settings, "grid": described(grid)}, photographs=dataset.describe(folder)
    )
    return "\n\n".join(["## A grid", explanation, report(rows, of_ours)])


def report(rows, of_ours):
    """All that was measured, and the ratio of each program's better way."""
    better = {}
    for name, _, _, seconds in rows:
        better[name] = min(seconds, better.get(name, seconds))
    cells = [
        [name, mode, epochs, number(seconds), number(seconds / epochs),
         ratio(seconds / of_ours) if seconds == better[name] else ""]
        for name, mode, epochs, seconds in sorted(rows)
    ]  # fmt: skip
    header = ["program", "as", "epochs", "seconds", "seconds each epoch", "program / ours"]
    return table(header, cells)


def run_peer(python, script, mode, settings):
    """Trains the whole grid in an empty folder; returns its epochs and the seconds."""
    folder = WORK / "grid"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    calls, chief = [], []
    for process in range(mode.processes):
        own = {**settings, "threads": mode.threads, "process": process, "folder": str(folder)}
        calls.append(([python, PEERS / script, json.dumps(own)], {}))
    if script == "keras_tuner_grid.py" and mode.processes > 1:
        command, port = calls[0][0], free_port()
        tuners = [f"tuner{number}" for number in range(len(calls))]
        calls = [(command, tuner_environment(tuner, port)) for tuner in tuners]
        # In the background, for it looks only every 20 s whether all is done.
        chief = [(command, tuner_environment("chief", port))]
    printed, seconds = run_to_end(calls, script, chief)
    # Of several processes that print a leaderboard, the last to end has it whole.
    totals = [json.loads(text.splitlines()[-1]) for text in printed if text.endswith("}\n")]
    total = max(totals, key=lambda total: total["trials"])
    if total["trials"] < settings["configurations"]:
        wanted = settings["configurations"]
        raise SetupError(f"`{script}` trained {total['trials']} trials, expected {wanted}")
    return total["epochs"], seconds


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def tuner_environment(name, port):
    return {
        "KERASTUNER_TUNER_ID": name,
        "KERASTUNER_ORACLE_IP": "127.0.0.1",
        "KERASTUNER_ORACLE_PORT": str(port),
    }


def described(grid):
    return ", ".join(f"{key} {' or '.join(map(str, values))}" for key, values in grid.items())
