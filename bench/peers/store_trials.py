"""The trials of the `store` part, the same for all programs, and how a peer writes and queries them.

Everything follows from a trial's number n = 0, 1, …; in epoch e = 0 … 19:

    kernel_num           32, 64, 96 or 128    the one at n mod 4
    kernel_size_1        3, 5 or 7            at n div 4 mod 3
    kernel_size_2        3 or 5               at n div 12 mod 2
    dense_size           256, 512 or 1024     at n div 24 mod 3
    seed                 n div 72
    sweep                n div 250
    final accuracy       0.5 + 0.45 · (n · 2654435761 mod 2³²) / 2³²
    accuracy             final accuracy · 23 (e + 1) / (20 (e + 4)), of validation: the last is the final and highest
    train_accuracy       (1 + accuracy) / 2
    loss, train_loss     2 · (1 − the accuracy of the same photographs), of validation and of train
"""

import gc
import itertools
import re
import sys
import time
from pathlib import Path

EPOCHS = 20
METRICS = ("train_loss", "train_accuracy", "loss", "accuracy")
CHOICES = {
    "kernel_num": [32, 64, 96, 128],
    "kernel_size_1": [3, 5, 7],
    "kernel_size_2": [3, 5],
    "dense_size": [256, 512, 1024],
}
TRIALS_OF_SWEEP = 250
LISTED = 50


def parameters(number):
    chosen, rest = {}, number
    for name, values in CHOICES.items():
        rest, place = divmod(rest, len(values))
        chosen[name] = values[place]
    return {**chosen, "seed": rest}


def final_accuracy(number):
    return 0.5 + 0.45 * (number * 2654435761 % 2**32) / 2**32


def curves(number):
    """The values of each metric, epoch for epoch."""
    final = final_accuracy(number)
    accuracy = [final * (23 * (epoch + 1) / (20 * (epoch + 4))) for epoch in range(EPOCHS)]
    of_train = [(1 + one) / 2 for one in accuracy]
    losses = ([2 * (1 - one) for one in of_both] for of_both in (of_train, accuracy))
    return dict(zip(METRICS, (next(losses), of_train, next(losses), accuracy)))


def sweeps(trials):
    """The numbers of each sweep's trials."""
    return [
        range(first, min(first + TRIALS_OF_SWEEP, trials))
        for first in range(0, trials, TRIALS_OF_SWEEP)
    ]


def reported(trials):
    """The sweep whose report is asked for."""
    return len(sweeps(trials)) // 2


def expected(query, trials):
    """What a query must find: trials by their numbers, for the report with their curves."""
    if query == "best":
        return [max(range(trials), key=final_accuracy)]
    if query == "list":
        found = (
            number
            for number in range(trials)
            if final_accuracy(number) > 0.8 and parameters(number)["kernel_num"] == 64
        )
        return list(itertools.islice(sorted(found, key=final_accuracy, reverse=True), LISTED))
    return {number: curves(number) for number in sweeps(trials)[reported(trials)]}


def write(settings, add):
    """Has `add` write sweep after sweep, each a list of (number, parameters, curves), in the time that there is."""
    done, seconds = 0, 0.0
    for sweep, numbers in enumerate(sweeps(settings["trials"])):
        of_sweep = [(number, parameters(number), curves(number)) for number in numbers]
        begin = time.perf_counter()
        add(sweep, of_sweep)
        seconds += time.perf_counter() - begin
        if seconds > settings["limit"]:
            break
        done += len(of_sweep)
    files = (file for file in Path(settings["folder"]).rglob("*") if file.is_file())
    return {
        "trials": done,
        "values": done * EPOCHS * len(METRICS),
        "seconds": seconds,
        "bytes": sum(file.stat().st_size for file in files),
        "peak_bytes": peak_bytes(),
    }


def ask(settings, query):
    """Has `query` open the store anew and find what is expected, round after round in the time that there is."""
    expectation = expected(settings["do"], settings["trials"])
    milliseconds, first = [], time.perf_counter()
    while len(milliseconds) <= settings["rounds"]:
        begin = time.perf_counter()
        if milliseconds and begin - first > settings["limit"]:
            break
        found = query(len(milliseconds))
        milliseconds.append(1e3 * (time.perf_counter() - begin))
        if found != expectation:
            sys.exit(f"`{settings['do']}` found something else than all programs must")
        gc.collect()
    # The first also imports what libraries import late.
    return {"milliseconds": milliseconds[1:] or milliseconds, "peak_bytes": peak_bytes()}


def peak_bytes():
    """The most memory that this process had."""
    return 1024 * int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1])
