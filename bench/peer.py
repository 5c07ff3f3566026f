"""Peers: programs of `bench/peers` that run beside us."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BENCH = Path(__file__).resolve().parent

# Makes the C library keep memory that it was given back, instead of asking the system for it in every step.
KEPT_HEAP = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "2147483647",
    "MALLOC_TOP_PAD_": "268435456",
    "MALLOC_ARENA_MAX": "1",
}

# One process that has the machine, or two that share it.
MODES = {"1 process, 2 threads": (1, 2), "2 processes, 1 thread": (2, 1)}


class PeerError(Exception):
    """A peer did not do what it was started for."""


def start(script, settings, kept_heap=False):
    """Starts a peer and returns its process and the file that gets what it has to say to a person."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2", "OMP_NUM_THREADS": str(settings["threads"])}
    if kept_heap:
        environment |= KEPT_HEAP
    said = tempfile.TemporaryFile("w+")
    process = subprocess.Popen(
        [sys.executable, BENCH / "peers" / script, json.dumps(settings)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True, env=environment,
    )  # fmt: skip
    return process, said


class Team:
    """One or two processes of a peer that measure at the same time, as often as they are asked."""

    def __init__(self, script, mode, settings, kept_heap=False):
        processes, threads = MODES[mode]
        self.script, self.mode = script, mode
        settings = {**settings, "threads": threads}
        self.members = [start(script, settings, kept_heap) for _ in range(processes)]
        for member in self.members:
            self.read(member)

    def measure(self, seconds):
        """What all of them get done each second."""
        for process, _ in self.members:
            process.stdin.write(json.dumps({"seconds": seconds}) + "\n")
            process.stdin.flush()
        return sum(self.read(member)["rate"] for member in self.members)

    def read(self, member):
        process, said = member
        line = process.stdout.readline()
        if not line:
            raise PeerError(failure(self.script, process, said))
        return json.loads(line)

    def close(self):
        for process, said in self.members:
            process.stdin.close()
            process.wait()
            said.close()


def run_all(script, jobs):
    """Runs a peer once for each of `jobs` at the same time: the seconds until the last has ended, and what
    each printed as JSON in its last line."""
    begin = time.monotonic()
    running = [start(script, settings) for settings in jobs]
    results = []
    for process, said in running:
        process.stdin.close()
        printed = process.stdout.read()
        if process.wait() != 0:
            raise PeerError(failure(script, process, said))
        results.append(json.loads(printed.splitlines()[-1]))
        said.close()
    return time.monotonic() - begin, results


def failure(script, process, said):
    process.wait()
    said.seek(0)
    return f"peers/{script} ended with {process.returncode}:\n" + "".join(said.readlines()[-15:])
