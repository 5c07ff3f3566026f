"""A large store of trials: how fast it is written and asked, its size, its memory, and a writer beside readers."""

import contextlib
import json
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median, quantiles

from machine import SetupError
from peer import last_lines, run_to_end
from place import DATASETS, FITROOM, LOGS, PEERS, STORE, WORK
from tables import number, table

FOLDER, REPORTS = WORK / "store", WORK / "store-reports"
FOLDERS = ["--runs", FOLDER, "--reports", REPORTS, "--datasets", DATASETS]
SIZES = [10_000, 100_000, 1_000_000]
QUERIES = ["best", "list", "report"]
ROUNDS, CALLS, EPOCHS, POLLERS = 100, 20, 10_000, 2
# Seconds.
WRITE_LIMIT, QUERY_LIMIT, END_LIMIT = 600, 60, 60
# Else it asks the network.
ENVIRONMENT = {"MLFLOW_DISABLE_TELEMETRY": "true"}
COMMANDS = {
    "fitroom runs list": ["runs", "list", *FOLDERS, "accuracy>0.8", "kernel_num=64",
                          "--sort", "accuracy", "--limit", "50", "--json"],
    "fitroom best": ["best", *FOLDERS, "--json"],
}  # fmt: skip
POLL = [FITROOM, "runs", "list", *FOLDERS, "--json", "--limit", "50"]
WATCH = [FITROOM, "report", *FOLDERS, "--watch"]
RATE_GOAL, MILLISECONDS_GOAL, MEBIBYTES_GOAL = 250_000, 50, 256
# Trials at which the milliseconds must hold.
GOAL_SIZE = 100_000
HEADER = ["program", "values a second", "MB", "best p50, ms", "p99", "list p50, ms", "p99",
          "report p50, ms", "p99", "writer, MiB", "readers, MiB"]  # fmt: skip
CALLED_HEADER = ["command", "trials", "p50, ms", "p99, ms"]
LIVE_HEADER = ["store", "median, ms", "p99, ms", "longest, ms", "calls of runs list", "errors"]
EXPLANATION = """\
Trials of 20 epochs with four metrics each (loss and accuracy of train and of validation), in sweeps of 250; all programs
hold the same, which `bench/peers/store_trials.py` defines. Counted are these values, 80 for a trial, and no parameters,
written in each program's best documented way for many at once, by one process, from an empty store with its tables until
all is committed. A program that has not written a size after {limit} s is not measured further, nor in sizes
that would take it longer at its pace so far. MB are those of all its files then.

Queries: `best`, the trial with the highest validation accuracy of all; `list`, the first 50 of all with `accuracy > 0.8`
and `kernel_num = 64`, highest accuracy first; `report`, all that the page of one sweep shows: its 250 trials' parameters,
figures and whole curves. Each round opens the store anew, in one process for each query, whose start and imports do not count:
p50 and p99 of {rounds} rounds, or of as many as begin within {query_limit} s (their number). The peers' answers are checked.
Memory is the most that the writer had, and the most of the three readers, interpreter and libraries with it.

- Optuna: a sweep is a study, written by `add_trials`, which commits each trial by itself; the validation accuracies are
  intermediate values, of which there is one for each step, the other metrics attributes that each hold a list. It has no
  query with a filter: `list` gets the trials of all studies and filters them in Python. In SQLite `best` asks one study of
  all trials, into which they were moved for it, which is faster than to ask each; the journal is read whole whatever is asked.
- MLflow: a sweep is an experiment and a trial a run, written by `create_run` and one `log_batch` (up to 1000 metrics, of one
  run) and left unfinished, which spares a transaction. `best` and `list` are one `search_runs` over all experiments, whose
  ids are known; `report` reads the curves by the query of MLflow's own server, one for each metric: its client has only
  one for each metric of each run.

SQLite and the journal are as each program sets them up."""
COMMAND_LINE = """\
### The command line

Whole processes, with their start, {calls} calls of each: `runs list` filters and sorts as `list` does. `best` selects, and finds no
weights to keep."""
BESIDE_READERS = """\
### Beside readers

One process records {epochs:,} single epochs in the store, as a sweep does, each in a transaction of its own: alone, and
while two processes call `fitroom runs list --json --limit 50` again and again and `fitroom report --watch` writes pages. Errors are
processes of all three kinds that failed."""


class Ours:
    """Fitting Room, by its example, which measures itself."""

    name = "Fitting Room"

    def measure(self, trials, rounds):
        return measure(trials, QUERIES, lambda do: self.call(do, trials, rounds))

    def call(self, do, trials, rounds):
        if do == "write":
            return [STORE, do, FOLDER, trials]
        return [STORE, "query", FOLDER, do, rounds]


class Peer:
    """Another program, by its script; it is asked no more once it was too slow, or would be at its pace so far."""

    def __init__(self, name, command, steps, **settings):
        self.name, self.command, self.steps, self.settings = name, command, steps, settings
        self.seconds_a_trial = 0.0

    def measure(self, trials, rounds):
        expected = trials * self.seconds_a_trial
        if expected > WRITE_LIMIT:
            return {"note": f"not tried: {expected:,.0f} s at the pace of the size before"}
        figures = measure(trials, self.steps, lambda do: self.call(do, trials, rounds))
        if "note" in figures:
            self.seconds_a_trial = WRITE_LIMIT
        else:
            self.seconds_a_trial = figures["seconds"] / trials
        return figures

    def call(self, do, trials, rounds):
        limit = WRITE_LIMIT if do == "write" else QUERY_LIMIT
        settings = {"folder": str(FOLDER), "do": do, "trials": trials, "limit": limit}
        return [*self.command, json.dumps({**settings, "rounds": rounds, **self.settings})]


def peers(python):
    optuna, mlflow = [python, PEERS / "optuna_store.py"], [python, PEERS / "mlflow_store.py"]
    return [
        Peer("Optuna, RDB on SQLite", optuna, ["list", "report", "merge", "best"], storage="rdb"),
        Peer("Optuna, journal file", optuna, QUERIES, storage="journal"),
        Peer("MLflow, SQLite", mlflow, QUERIES),
    ]


def run(python, quick, say):
    """Measures all programs at all sizes; returns Markdown."""
    if not STORE.exists():
        raise SetupError(
            f"there is no `{STORE}`\n  `cargo build --release -p fitroom-store --example store` makes it."
        )
    sizes, rounds, calls, epochs = ([1000], 3, 3, 200) if quick else (SIZES, ROUNDS, CALLS, EPOCHS)
    of_ours, tables, called, live = {}, [], [], []
    contenders = [Ours(), *peers(python)]
    for trials in sizes:
        rows = []
        for contender in contenders:
            figures = contender.measure(trials, rounds)
            rows.append([contender.name, *cells(figures, rounds)])
            say(f"store: {trials:,} trials: {contender.name}: {rows[-1][1]}")
            if contender is contenders[0]:
                of_ours[trials] = figures
                called += command_line(trials, calls, say)
                live += beside_readers(trials, epochs, say)
        tables.append(f"### {trials:,} trials\n\n{table(HEADER, rows)}")
    clear()
    explanation = EXPLANATION.format(limit=WRITE_LIMIT, rounds=rounds, query_limit=QUERY_LIMIT)
    parts = ["## A large store", explanation, goals(of_ours, live), *tables]
    parts += [COMMAND_LINE.format(calls=calls), table(CALLED_HEADER, called)]
    return "\n\n".join([*parts, BESIDE_READERS.format(epochs=epochs), table(LIVE_HEADER, live)])


def measure(trials, steps, call):
    """The figures of a new store, or a note why there are none."""
    clear()
    FOLDER.mkdir(parents=True)
    written = printed(call("write"))
    if written["trials"] < trials:
        return {"note": f"over {WRITE_LIMIT} s ({written['trials']:,} trials)"}
    return {**written, "asked": {step: printed(call(step)) for step in steps}}


def clear():
    for folder in (FOLDER, REPORTS):
        shutil.rmtree(folder, ignore_errors=True)


def printed(call):
    [text], _ = run_to_end([(call, ENVIRONMENT)], "store")
    return json.loads(text)


def cells(figures, rounds):
    """A row of a table, without the program's name."""
    if "note" in figures:
        return [figures["note"], *[""] * (len(HEADER) - 2)]
    times = []
    for query in QUERIES:
        milliseconds = figures["asked"][query]["milliseconds"]
        fewer = f" ({len(milliseconds)})" if len(milliseconds) < rounds else ""
        times += [number(median(milliseconds)) + fewer, number(p99(milliseconds))]
    memory = [number(figure / 2**20) for figure in (figures["peak_bytes"], of_readers(figures))]
    return [f"{rate(figures):,.0f}", number(figures["bytes"] / 1e6), *times, *memory]


def rate(figures):
    return figures["values"] / figures["seconds"]


def of_readers(figures):
    return max(figures["asked"][query]["peak_bytes"] for query in QUERIES)


def p99(milliseconds):
    if len(milliseconds) == 1:
        return milliseconds[0]
    return quantiles(milliseconds, n=100, method="inclusive")[-1]


def command_line(trials, calls, say):
    rows = []
    for name, arguments in COMMANDS.items():
        log, milliseconds = LOGS / f"store-{name.replace(' ', '-')}.log", []
        for _ in range(calls):
            begin = time.perf_counter()
            # `best` says with 1 that it cannot keep the model: these trials have no weights.
            if not succeeds([FITROOM, *arguments], log, codes=(0, 1)):
                say(f"store: `{name}` failed\n  {last_lines(log)}")
                break
            milliseconds.append(1e3 * (time.perf_counter() - begin))
        times = ["failed", ""]
        if len(milliseconds) == calls:
            times = [number(median(milliseconds)), number(p99(milliseconds))]
        rows.append([f"`{name}`", f"{trials:,}", *times])
    return rows


def succeeds(call, log, codes=(0,)):
    with open(log, "w") as errors:
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": errors}
        return subprocess.run(call, **pipes).returncode in codes


def beside_readers(trials, epochs, say):
    rows = []
    for way, with_readers in {"alone": False, "beside readers": True}.items():
        milliseconds, polls, errors = live(epochs, with_readers)
        say(f"store: {trials:,} trials, {way}: {len(milliseconds)} epochs, {errors} errors")
        times = [median(milliseconds), p99(milliseconds), max(milliseconds)] if milliseconds else []
        figures = [*map(number, times), *[""] * (3 - len(times))]
        rows.append([f"{trials:,} trials, {way}", *figures, polls if with_readers else "", errors])
    return rows


def live(epochs, with_readers):
    """Milliseconds of each epoch that one process writes, the calls of the pollers, and how many processes failed."""
    polls = errors = 0
    with contextlib.ExitStack() as stack:
        watch = begin(stack, WATCH, "store-watch") if with_readers else None
        writer = begin(stack, [STORE, "live", FOLDER, epochs], "store-live")
        if with_readers:
            with ThreadPoolExecutor(POLLERS) as pool:
                polling = [pool.submit(poll, writer, number) for number in range(POLLERS)]
            counts = [one.result() for one in polling]
            polls, errors = (sum(column) for column in zip(*counts))
        errors += writer.wait() != 0
        errors += with_readers and not ends(watch)
    text = (LOGS / "store-live.out").read_text()
    return json.loads(text or "{}").get("milliseconds", []), polls, errors


def poll(writer, number):
    """Calls of one poller until the writer has ended, and how many failed."""
    polls = errors = 0
    while writer.poll() is None:
        errors += not succeeds(POLL, LOGS / f"store-poll-{number}.log")
        polls += 1
    return polls, errors


def begin(stack, call, name):
    """A process that ends with the stack, if not before."""
    out = stack.enter_context(open(LOGS / f"{name}.out", "w"))
    log = stack.enter_context(open(LOGS / f"{name}.log", "w"))
    call = [str(part) for part in call]
    process = subprocess.Popen(call, stdin=subprocess.DEVNULL, stdout=out, stderr=log)
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process


def ends(process):
    """Whether a process that goes on until Ctrl-C did so, and then ended well."""
    if process.poll() is not None:
        return False
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(timeout=END_LIMIT) in (0, 130)
    return False


def goals(of_ours, live):
    """Each goal with what was measured of it."""
    lines = ["Our goals:", ""]

    def goal(text, holds, measured):
        lines.append(f"- {'met' if holds else 'MISSED'}: {text} ({measured})")

    slowest = min(map(rate, of_ours.values()))
    goal(
        f"over {RATE_GOAL:,} values a second at every size", slowest > RATE_GOAL, f"{slowest:,.0f}"
    )
    if GOAL_SIZE in of_ours:
        asked = [of_ours[GOAL_SIZE]["asked"][query]["milliseconds"] for query in ("best", "list")]
        longest = max(map(p99, asked))
        text = f"p99 of `best` and `list` under {MILLISECONDS_GOAL} ms at {GOAL_SIZE:,} trials"
        goal(text, longest < MILLISECONDS_GOAL, f"{number(longest)} ms")
    peaks = [max(figures["peak_bytes"], of_readers(figures)) for figures in of_ours.values()]
    most = max(peaks) / 2**20
    text = f"writer and readers below {MEBIBYTES_GOAL} MiB at every size"
    goal(text, most < MEBIBYTES_GOAL, f"{number(most)} MiB")
    errors = sum(row[-1] for row in live)
    goal("no errors beside readers", errors == 0, errors)
    return "\n".join(lines)
