"""Eight processes share a grid of trivial trials on a new database, against Optuna's storages."""

import contextlib
import json
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from machine import SetupError
from peer import last_lines
from place import LOGS, PEERS, RACE, WORK
from tables import number, ratio, table

PROCESSES = 8
TIME_LIMIT = 600
EXPLANATION = """\
{processes} processes start at the same time on a new database and share a grid of {trials} trials whose
objective is a number, no training: what is left is what tracking costs, and the programs' start. Ours claims each trial in one
transaction and finishes it in another, both synced to the disk; `in memory` is the same on a file system
in memory, where nothing waits for the disk. Optuna's GridSampler has the same seed in all processes, as
its users are told to do. A trial is lost if it never finished, and twice if it finished more than once;
errors are processes that ended early or were not done in time. At most {limit} s each."""


def run(python, quick, say):
    """Measures all contenders; returns Markdown."""
    if not RACE.exists():
        raise SetupError(
            f"there is no `{RACE}`\n  `cargo build --release -p fitroom-store --example race` makes it."
        )
    trials = 50 if quick else 1000
    rows, first = [], None
    for name, measure in {
        "Fitting Room": lambda: ours(WORK / "race", trials),
        "Fitting Room, in memory": lambda: in_memory(trials),
        "Optuna, RDB on SQLite": lambda: optuna(python, "rdb", trials),
        "Optuna, journal file": lambda: optuna(python, "journal", trials),
    }.items():
        figures = measure()
        first = first or figures["seconds"]
        say(f"race: {name}: {number(figures['seconds'])} s")
        rows.append(
            [name, number(figures["seconds"]), ratio(figures["seconds"] / first),
             *(figures[key] for key in ("finished", "lost", "twice", "errors")),
             figures.get("median", ""), figures.get("p99", "")]
        )  # fmt: skip
    explanation = EXPLANATION.format(processes=PROCESSES, trials=trials, limit=TIME_LIMIT)
    header = ["program", "seconds", "/ ours", "finished", "lost", "twice", "errors",
              "median, ms", "p99, ms"]  # fmt: skip
    return "\n\n".join(["## A race for trivial trials", explanation, table(header, rows)])


def ours(folder, trials):
    shutil.rmtree(folder, ignore_errors=True)
    printed, seconds, errors = together([[RACE, folder, trials]] * PROCESSES, "race")
    milliseconds = [one for text in printed for one in json.loads(text or "{}").get("milliseconds", [])]
    with contextlib.closing(sqlite3.connect(folder / "fitroom.db")) as database:
        finished = [
            count
            for (count,) in database.execute(
                "select count(*) from attempts where state = 'finished' group by trial_key"
            )
        ]
    return {
        **counted(finished, trials, seconds, errors),
        "median": number(median(milliseconds)),
        "p99": number(quantiles(milliseconds, n=100)[-1]),
    }


def in_memory(trials):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        return ours(Path(folder) / "runs", trials)


def optuna(python, storage, trials):
    folder = WORK / "race"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    settings = json.dumps({"folder": str(folder), "storage": storage, "trials": trials})
    calls = [[python, PEERS / "optuna_race.py", settings]] * PROCESSES
    _, seconds, errors = together(calls, f"optuna-{storage}")
    counting = json.dumps({"folder": str(folder), "storage": storage, "trials": 0})
    counted_by = subprocess.run(
        [python, PEERS / "optuna_race.py", counting], capture_output=True, text=True, check=True
    )
    return counted(json.loads(counted_by.stdout), trials, seconds, errors)


def counted(finished, trials, seconds, errors):
    """From how often each trial finished."""
    return {
        "seconds": seconds,
        "finished": sum(finished),
        "lost": trials - len(finished),
        "twice": sum(count > 1 for count in finished),
        "errors": errors,
    }


def together(calls, name):
    """Runs commands at the same time: what each printed, the seconds, and how many failed."""
    logs = [LOGS / f"{name}-{number}.log" for number in range(len(calls))]
    begin, processes = time.monotonic(), []
    with contextlib.ExitStack() as stack:
        for call, log in zip(calls, logs):
            out = stack.enter_context(open(log.with_suffix(".out"), "w"))
            errors = stack.enter_context(open(log, "w"))
            call = [str(part) for part in call]
            process = subprocess.Popen(call, stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
            stack.callback(process.wait)
            stack.callback(process.kill)
            processes.append(process)
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, TIME_LIMIT - (time.monotonic() - begin)))
        seconds = time.monotonic() - begin
        ended = [process.poll() for process in processes]
    # Those that are still at it were too slow, and have not failed as a whole.
    failed = sum(code != 0 for code in ended)
    if failed == len(calls) and None not in ended:
        raise SetupError(f"all processes of `{name}` failed\n  {last_lines(logs[0])}")
    return [log.with_suffix(".out").read_text() for log in logs], seconds, failed
