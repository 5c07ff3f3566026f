"""Runs the peers' scripts, each in the two ways in which it may use two cores."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from types import MappingProxyType

from machine import SetupError
from place import LOGS, PEERS

# What the C library needs to keep and reuse memory instead of mapping it anew in every step.
KEPT_HEAP = {
    "GLIBC_TUNABLES": "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=2147483647"
    ":glibc.malloc.top_pad=268435456:glibc.malloc.arena_max=1"
}

# Without TensorFlow's remarks on the machine.
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "2"}


@dataclass(frozen=True)
class Mode:
    """How a peer uses two cores."""

    name: str
    processes: int
    threads: int


MODES = (Mode("1 process, 2 threads", 1, 2), Mode("2 processes, 1 thread each", 2, 1))


class Processes:
    """One or two processes of a peer that are asked for measurements at the same time."""

    def __init__(self, python, script, mode, settings, environment=MappingProxyType({})):
        self.script, self.calls, self.logs = script, [], []
        command = [python, PEERS / script, json.dumps({**settings, "threads": mode.threads})]
        environment = {**os.environ, **QUIET, **environment}
        try:
            for number in range(mode.processes):
                self.logs.append(LOGS / f"{script}-{mode.processes}-{number}.log")
                with open(self.logs[-1], "w") as log:
                    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log}
                    call = subprocess.Popen(command, text=True, env=environment, **pipes)
                self.calls.append(call)
        except OSError:
            self.end()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        for call in self.calls:
            call.kill()
            call.wait()

    def wait_until_ready(self):
        for number in range(len(self.calls)):
            self.read(number)

    def ask(self, requests):
        """Sends each process its request, at once; their answers, and the seconds of all."""
        begin = time.monotonic()
        for call, request in zip(self.calls, requests):
            try:
                print(json.dumps(request), file=call.stdin, flush=True)
            except BrokenPipeError:
                pass  # Reading its answer says why.
        answers = [self.read(number) for number in range(len(self.calls))]
        return answers, time.monotonic() - begin

    def read(self, number):
        line = self.calls[number].stdout.readline()
        if not line:
            raise SetupError(f"`{self.script}` ended early\n  {last_lines(self.logs[number])}")
        return json.loads(line)


def run_to_end(calls, log_name, background=()):
    """Runs commands at the same time; each is (command, environment of its own).

    Returns what each printed, those in the background last, and the seconds until the last of
    `calls` ended; the others may end later.
    """
    begin, running, seconds = time.monotonic(), [], None
    for number, (command, environment) in enumerate([*calls, *background]):
        out, log = LOGS / f"{log_name}-{number}.out", LOGS / f"{log_name}-{number}.log"
        with open(out, "w") as stdout, open(log, "w") as stderr:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                env={**os.environ, **QUIET, **environment},
            )
        running.append((process, out, log))
    try:
        while seconds is None or any(process.poll() is None for process, _, _ in running):
            time.sleep(0.01)
            for process, _, log in running:
                # One that fails would leave the others waiting for it.
                if process.poll():
                    name = process.args[0]
                    raise SetupError(
                        f"`{name}` ended with {process.returncode}\n  {last_lines(log)}"
                    )
            if seconds is None and all(
                process.poll() == 0 for process, _, _ in running[: len(calls)]
            ):
                seconds = time.monotonic() - begin
    finally:
        for process, _, _ in running:
            process.kill()
            process.wait()
    return [out.read_text() for _, out, _ in running], seconds


def last_lines(log):
    return "\n  ".join(log.read_text(errors="replace").splitlines()[-8:] + [f"(all: `{log}`)"])
