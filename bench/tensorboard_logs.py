"""TensorBoard's logs: what they cost a trial, how fast they are written and read, how soon many are shown."""

import json
import shutil
from statistics import median

import dataset
import ours
from machine import SetupError
from peer import run_to_end
from place import (
    HISTOGRAM_COST,
    PEERS,
    PICTURE_COST,
    READ_EVENTS,
    RUNS,
    SWEEPS,
    WORK,
    WRITE_SCALARS,
)
from tables import number, ratio, spread, table

FOLDER = WORK / "tensorboard"
ROUNDS = 5
TRIALS = 300
# Without one kind at a time, then without all of them.
LESS = {
    "everything (the default)": {},
    "no histograms": {"histograms_every": 0},
    "no confusion matrices but the best weights'": {"confusion_matrices_every": 0},
    "no picture of mistakes": {"mistakes": 0},
    "scalars, texts and hyperparameters alone": {
        "histograms_every": 0, "confusion_matrices_every": 0, "mistakes": 0,
    },
}  # fmt: skip
# Kernels and biases of the network whose cost is measured, on 60×80 pixels and four classes.
TENSORS = [96 * 27, 96, 96 * 9 * 96, 96, 18 * 13 * 96 * 512, 512, 512 * 4, 4]
COST = """\
### What logging costs a trial

A trial of trousers_all with many weights and few photographs to an epoch ({kernels} kernels of 3×3, a hidden layer of
{dense}: {parameters} weights) on {photographs}, {epochs} epochs, one worker: seconds of processor time of
`fitroom sweep` from start to end; median (lowest–highest) of {rounds} rounds, in each of which all are measured in an
order that turns. The share is of the median with everything."""
KINDS = """Each kind alone, measured by itself (medians), and as a share of the {seconds} s of processor time that an epoch of the
trial above takes with everything."""
WRITE = """\
### Writing scalars

{scalars} scalars of five tags, an event each, until they are on the disk, in a new process whose start and imports
do not count; median (lowest–highest) of {rounds} rounds. Ratio: ours / the peer's."""
READ = """\
### Reading events

The file of {scalars} scalars that PyTorch wrote. TensorBoard's loader is its `EventAccumulator` with TensorFlow beside it,
which reads the records in C++."""
LOAD = """\
### {trials} trials in TensorBoard

The logs of {real} real trials of the benchmark's grid, copied until there are {trials}, and the same records in three
sub-runs for each trial (train, validation, pictures), as Keras lays them out. Seconds from the start of TensorBoard
until SCALARS list all trials and HPARAMS has all sessions, and the most memory of its processes; measured once each.
`fast` is TensorBoard's default loader, `python` the one that it falls back to."""


def run(python, quick, say):
    """Measures all; returns Markdown."""
    for program in (WRITE_SCALARS, READ_EVENTS, HISTOGRAM_COST, PICTURE_COST):
        if not program.exists():
            raise SetupError(f"there is no `{program}`\n  `just bench` makes it.")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    rounds, scalars, trials = (1, 5_000, 20) if quick else (ROUNDS, 200_000, TRIALS)
    # Before the grid is trained, whose runs are those that are loaded.
    parts = [cost(rounds, quick, say), write_and_read(python, rounds, scalars, say)]
    return "\n\n".join(["## TensorBoard", *parts, load(python, trials, say)])


def cost(rounds, quick, say):
    folder = dataset.ensure()
    epochs = 1 if quick else 5
    configuration = dict(kernel_size_1=3, kernel_size_2=3, kernel_num=96, dense_size=512)
    changes = {**configuration, "seeds": [0], "epochs": epochs, "patience": epochs}
    seconds = {name: [] for name in LESS}
    for turn in range(rounds):
        names = list(LESS)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            listed, spent = ours.sweep_alone(SWEEPS / "trial.toml", folder, {**changes, **LESS[name]})
            seconds[name].append(spent)
    say("tensorboard: cost measured")
    whole = median(seconds["everything (the default)"])
    rows = [
        [name, spread(of_name), f"{100 * (whole - median(of_name)) / whole:.1f} %"]
        for name, of_name in seconds.items()
    ]
    explanation = COST.format(
        kernels=configuration["kernel_num"],
        dense=configuration["dense_size"],
        parameters=f"{listed[0]['parameters']:,}",
        photographs=dataset.describe(folder),
        epochs=epochs,
        rounds=rounds,
    )
    header = ["logged", "processor seconds", "share of the time that is saved"]
    of_epoch = whole / epochs
    kinds = KINDS.format(seconds=number(of_epoch))
    return "\n\n".join([explanation, table(header, rows), kinds, table_of_kinds(of_epoch)])


def table_of_kinds(seconds_of_epoch):
    """Milliseconds of each kind, and their share of an epoch."""
    histograms = milliseconds([HISTOGRAM_COST, *map(str, TENSORS)])
    confusion, mistakes = milliseconds([PICTURE_COST, "4", "18"])
    kinds = {
        f"histograms of {sum(TENSORS):,} weights, each epoch": sum(histograms),
        "confusion matrix of 4 classes, each epoch": confusion,
        "picture of 18 mistakes, once": mistakes,
    }
    return table(
        ["kind", "milliseconds", "share of an epoch"],
        [
            [kind, number(figure), f"{100 * figure / 1e3 / seconds_of_epoch:.2f} %"]
            for kind, figure in kinds.items()
        ],
    )


def milliseconds(call):
    [printed], _ = run_to_end([(call, {})], "tensorboard-kinds")
    return json.loads(printed)


def write_and_read(python, rounds, scalars, say):
    writers = {
        "Fitting Room": lambda folder: [WRITE_SCALARS, folder, scalars],
        "PyTorch": lambda folder: peer(python, "pytorch", folder, scalars),
        "tensorboardX": lambda folder: peer(python, "tensorboardx", folder, scalars),
    }
    written = {name: [] for name in writers}
    read = {"Fitting Room": [], "TensorBoard": []}
    for turn in range(rounds):
        for name in list(writers)[turn % 3 :] + list(writers)[: turn % 3]:
            folder = FOLDER / f"{name}-{turn}"
            folder.mkdir()
            written[name].append(scalars / seconds_of(writers[name](folder), "write"))
        theirs = FOLDER / f"PyTorch-{turn}"
        readers = {
            "Fitting Room": [READ_EVENTS, theirs],
            "TensorBoard": [python, PEERS / "read_events.py", theirs],
        }
        for name, call in readers.items():
            read[name].append(scalars / seconds_of(call, "read"))
    say("tensorboard: writing and reading measured")
    of_ours = median(written["Fitting Room"])
    rows = [[name, spread(rate), ratio(of_ours / median(rate))] for name, rate in written.items()]
    write = WRITE.format(scalars=f"{scalars:,}", rounds=rounds)
    parts = [write, table(["writer", "scalars a second", "ours / it"], rows)]
    of_ours = median(read["Fitting Room"])
    rows = [[name, spread(rate), ratio(of_ours / median(rate))] for name, rate in read.items()]
    read = READ.format(scalars=f"{scalars:,}")
    return "\n\n".join([*parts, read, table(["reader", "events a second", "ours / it"], rows)])


def peer(python, writer, folder, scalars):
    settings = {"writer": writer, "folder": str(folder), "scalars": scalars}
    return [python, PEERS / "write_scalars.py", json.dumps(settings)]


def seconds_of(call, name):
    [printed], _ = run_to_end([(call, {})], f"tensorboard-{name}")
    return json.loads(printed)["seconds"]


def load(python, trials, say):
    listed, _ = ours.sweep(SWEEPS / "grid.toml", dataset.ensure(), {})
    real = sorted(RUNS.rglob("*tfevents*"))
    one, three = FOLDER / "one-run", FOLDER / "three-runs"
    for copy in range(trials):
        source = real[copy % len(real)]
        folder = one / f"{source.parent.name}-{copy}"
        folder.mkdir(parents=True)
        shutil.copy(source, folder)
    run_to_end([([python, PEERS / "split_runs.py", one, three], {})], "split")
    rows = []
    for layout, folder in {"one run for each trial (ours)": one, "three sub-runs (Keras)": three}.items():
        for loader in ("fast", "python"):
            settings = {"folder": str(folder), "loader": loader, "trials": trials}
            call = [python, PEERS / "load_tensorboard.py", json.dumps(settings)]
            [printed], _ = run_to_end([(call, {})], "load")
            figures = json.loads(printed)
            say(f"tensorboard: {layout}, {loader}: {number(figures['hparams'])} s")
            megabytes = sum(file.stat().st_size for file in folder.rglob("*tfevents*")) / 1e6
            rows.append(
                [layout, loader, len(list(folder.rglob("*tfevents*"))), number(megabytes),
                 number(figures["scalars"]), number(figures["hparams"]), number(figures["gibibytes"])]
            )  # fmt: skip
    explanation = LOAD.format(trials=trials, real=len(listed))
    header = ["layout", "loader", "runs", "MB", "scalars after, s", "HPARAMS after, s", "memory, GiB"]
    return "\n\n".join([explanation, table(header, rows)])
