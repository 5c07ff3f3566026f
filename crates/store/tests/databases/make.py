"""Makes a small database as the program of a schema writes it: schema-N.db in this folder.

    python3 make.py FITROOM OUT.db [--study DIR]

FITROOM is the program, and the schema is the one that it writes. It draws photographs, the same at
each call, and does with them all that this schema can record (README.md lists it); what a program
does not know yet is left out. DIR, which must not be there, keeps what else the program wrote.
"""

import argparse
import contextlib
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from photographs import HEIGHT, PHOTOGRAPHS, WIDTH, draw

LOGS = Path(__file__).resolve().parents[4] / "tests" / "logs"
TASKS = """\
[shapes]
predicts = ["shape"]

[colours]
predicts = ["colour"]
"""
SWEEP = """\
task = "{task}"

[hyperparameters]
kernel_size = 3
kernel_num = {kernel_num}
dense_size = {dense_size}

[train]
epochs = 2
batch_size = 2
learning_rate = {learning_rate}
seeds = [0]
"""
DEFAULTS = {"task": "shapes", "dense_size": 0, "learning_rate": 0.01}
# A network of so many kernels takes a second for an epoch: enough to stop it there.
SLOW = 512
# What each sweep changes of the defaults, and what comes after it.
SWEEPS = {
    "small": ({"kernel_num": [2, 4]}, ""),
    "colours": ({"kernel_num": [2, 4], "task": "colours"}, ""),
    "wide": ({"kernel_num": [4, SLOW, 8]}, ""),
    "steep": ({"kernel_num": 2, "learning_rate": 1e30}, ""),
    "large": ({"kernel_num": SLOW, "dense_size": 65536}, "\n[search]\nattempts = 2\n"),
    "changed": ({"kernel_num": 3}, ""),
    "halved": (
        {"kernel_num": [6, 10]},
        '\n[prune]\nmethod = "halving"\nreduction_factor = 2\ngrace_epochs = 1\n',
    ),
}
# The large network of 0.4 billion weights cannot be had in it, the others can.
ADDRESS_SPACE = 3_500_000 * 1024
SECONDS = 300
# Without a folder or a graphics card of whoever calls this.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "FITROOM_DATA"}
ENVIRONMENT["CUDA_VISIBLE_DEVICES"] = ""


class MakeError(Exception):
    """What came out otherwise than it should."""


class Study:
    """A folder that the program works in."""

    def __init__(self, fitroom, folder):
        self.fitroom, self.folder = fitroom, folder
        self.database = folder / "runs" / "fitroom.db"

    def start(self, arguments, **options):
        command = [self.fitroom, *map(str, arguments)]
        with open(self.folder / "log.txt", "a") as log:
            print("$ fitroom", *arguments, file=log, flush=True)
            return subprocess.Popen(
                command, cwd=self.folder, env=ENVIRONMENT, stdout=log, stderr=log, **options
            )

    def call(self, *arguments, code=0, **options):
        """Calls the program, which has to end with this exit code."""
        self.expect(code, self.start(arguments, **options), arguments)

    def stop_in_training(self, number, how, code, *arguments):
        """Sends a signal to the program once an attempt of this number has recorded an epoch."""
        process = self.start(arguments)
        begun = (
            "select 1 from attempts where number = ? and state = 'running' and exists"
            " (select 1 from metrics where metrics.trial_key = attempts.trial_key)"
        )
        end = time.monotonic() + SECONDS
        while process.poll() is None and not self.read(begun, number):
            if time.monotonic() > end:
                process.kill()
            time.sleep(0.005)
        process.send_signal(how)
        self.expect(code, process, arguments)

    def expect(self, expected, process, arguments):
        """Waits for the end of a process."""
        try:
            found = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            found = process.wait()
        if found != expected:
            words = " ".join(map(str, arguments))
            log = self.folder / "log.txt"
            raise MakeError(f"`{words}` ended with {found} instead of {expected}: see `{log}`")

    def read(self, query, *values):
        address = f"file:{self.database}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=30)) as database:
            return database.execute(query, values).fetchall()

    def trial(self, sweep, position):
        """The name of the trial at this position of a sweep's plan."""
        query = (
            "select trials.name from sweep_trials join trials on trials.key = trial_key"
            " join sweeps on sweeps.key = sweep_trials.sweep_key"
            " where sweeps.name = ? and position = ?"
        )
        [(name,)] = self.read(query, sweep, position)
        return name


def prepare(folder):
    """Writes photographs, tasks, sweeps and logs."""
    for name in ["photographs", "sweeps"]:
        (folder / name).mkdir(parents=True)
    labels = "path,shape,colour,split\n"
    for number in range(PHOTOGRAPHS):
        png, line = draw(number)
        (folder / "photographs" / f"{number:02}.png").write_bytes(png)
        labels += line
    (folder / "photographs" / "labels.csv").write_text(labels)
    (folder / "sweeps" / "tasks.toml").write_text(TASKS)
    for name, (changes, more) in SWEEPS.items():
        text = SWEEP.format(**{**DEFAULTS, **changes}) + more
        (folder / "sweeps" / f"{name}.toml").write_text(text)
    for name in ["keras", "pytorch"]:
        shutil.copytree(LOGS / name, folder / "logs" / name)


def sweep(name, *changes):
    overrides = [part for change in changes for part in ("--set", change)]
    return ["sweep", f"sweeps/{name}.toml", "--workers", "1", *overrides]


def study_shapes(study):
    """Does all that can be recorded; returns the schema."""
    size = f"{WIDTH}x{HEIGHT}"
    labels = ["--labels", "labels.csv", "--size", size, "--out", "data/shapes"]
    study.call("data", "import", "photographs", *labels)
    study.call(*sweep("small"))
    [(schema,)] = study.read("select max(version) from _sqlx_migrations")
    study.call(*sweep("colours"))
    study.call(*sweep("steep"), code=1)

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))

    study.call(*sweep("large"), code=1, preexec_fn=limit)
    study.call(*sweep("changed", "kernel_num=[3, 5]", "lambda=1e-3"))
    if schema >= 2:
        study.call("runs", "remove", study.trial("changed", 1), "--force")
        study.call(*sweep("halved"))
    # What the first plan of `wide` alone wants stays planned.
    stopped = sweep("wide", f"kernel_num=[4, {SLOW}, 16]")
    study.stop_in_training(1, signal.SIGINT, 130, *stopped)
    study.stop_in_training(2, signal.SIGKILL, -signal.SIGKILL, *sweep("wide"))
    study.stop_in_training(3, signal.SIGKILL, -signal.SIGKILL, *sweep("wide"))
    if schema >= 4:
        study.call("import-logs", "logs/keras")
        study.call("import-logs", "logs/pytorch", "--map", "bsize=batch_size")
    if schema >= 5:
        study.call("best", "--pin", "shapes", study.trial("small", 0))
        study.call("best", "--prefer", "cheapest")
        study.call("evaluate")
        study.call("evaluate", "--again")
    study.call("best")
    study.call("report")
    study.call("runs", "list")
    check(study)
    return schema


def check(study):
    """Refuses a study in which the stopped sweep went another way."""
    query = (
        "select json_extract(trial, '$.hyperparameters.kernel_num'), trials.state,"
        " (select group_concat(state) from attempts where attempts.trial_key = trials.key)"
        " from sweeps join sweep_trials on sweep_trials.sweep_key = sweeps.key"
        " join trials on trials.key = sweep_trials.trial_key where sweeps.name = 'wide' order by 1"
    )
    expected = [
        (4, "finished", "finished"),
        (16, "planned", None),
        (SLOW, "running", "interrupted,lost,running"),
    ]
    found = study.read(query)
    # Programs differ in whether they train the trial of 8 kernels before that of a dead process.
    if [trial for trial in found if trial[0] != 8] != expected:
        raise MakeError(f"the sweep `wide` has {json.dumps(found)}")


def copy_database(study, out):
    """Copies the database, of which nothing is left in its journal."""
    with contextlib.closing(sqlite3.connect(study.database)) as database:
        [busy, _, _] = database.execute("pragma wal_checkpoint(truncate)").fetchone()
        [integrity] = database.execute("pragma integrity_check").fetchone()
        orphans = database.execute("pragma foreign_key_check").fetchall()
    journal = Path(f"{study.database}-wal")
    if busy or integrity != "ok" or orphans or journal.exists():
        raise MakeError(f"`{study.database}` is in use or damaged: {integrity}, {orphans}")
    shutil.copyfile(study.database, out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fitroom", type=Path, metavar="FITROOM", help="the program")
    parser.add_argument("out", type=Path, metavar="OUT.db", help="the database to write")
    parser.add_argument(
        "--study", type=Path, metavar="DIR", help="a new folder to work in, which stays"
    )
    arguments = parser.parse_args()
    if arguments.study and arguments.study.exists():
        parser.error(f"`{arguments.study}` is there already")
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.study or Path(temporary) / "study"
        folder.mkdir(parents=True)
        folder = folder.resolve()
        prepare(folder)
        study = Study(arguments.fitroom.resolve(), folder)
        try:
            schema = study_shapes(study)
            copy_database(study, arguments.out)
        except (MakeError, OSError, sqlite3.Error) as error:
            print((folder / "log.txt").read_text()[-2000:], file=sys.stderr)
            sys.exit(f"error: {error}")
    print(f"{arguments.out}: schema {schema}, {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
