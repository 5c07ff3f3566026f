"""Measures Fitting Room beside what people use today, in one run, and writes bench/RESULTS.md.

`just bench [PART]… [--quick]`: without a part's name all parts. Each part that was measured whole replaces
its section of the file.
"""

import argparse
import os
import platform
import re
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "setup"))

import environment  # noqa: E402
import grid  # noqa: E402
import race  # noqa: E402
import results  # noqa: E402
import step  # noqa: E402
import store  # noqa: E402
import tensorboard_logs  # noqa: E402
import trials  # noqa: E402
from libtorch import VERSION as LIBTORCH_VERSION  # noqa: E402
from machine import SetupError, locked, run  # noqa: E402
from peer import run_to_end  # noqa: E402
from place import FITROOM, LOGS  # noqa: E402

PARTS = {
    "step": step.run,
    "trials": trials.run,
    "grid": grid.run,
    "race": race.run,
    "store": store.run,
    "tensorboard": tensorboard_logs.run,
}
CORES = 2
PACKAGES = ["tensorflow-cpu", "keras", "torch", "optuna", "mlflow-skinny", "keras-tuner",
            "tensorboard", "tensorboardX", "numpy"]  # fmt: skip


def arguments():
    parser = argparse.ArgumentParser(prog="just bench", description=__doc__.splitlines()[0])
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (all, if none is named)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="one short round of everything: whether it works"
    )
    arguments = parser.parse_args()
    for part in arguments.parts:
        if part not in PARTS:
            parser.error(f"there is no part `{part}` (there are: {', '.join(PARTS)})")
    return arguments


def check():
    """Refuses what the peers do not run on, and keeps all programs on two cores."""
    if not (3, 11) <= sys.version_info < (3, 14):
        raise SetupError(
            f"`{sys.executable}` is Python {platform.python_version()}; TensorFlow and PyTorch are"
            " pinned for 3.11 to 3.13\n  Put one of these on PATH as `python3`."
        )
    if not FITROOM.exists():
        raise SetupError(f"there is no `{FITROOM}`\n  `just build` makes it.")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < CORES:
        raise SetupError(f"the benchmark needs {CORES} cores; this process may use {len(cores)}")
    # One of each core's two threads first.
    os.sched_setaffinity(0, sorted(cores, key=place_in_core)[:CORES])


def place_in_core(thread):
    """0 for the first hardware thread of a core, 1 for the second."""
    siblings = Path(f"/sys/devices/system/cpu/cpu{thread}/topology/thread_siblings_list")
    try:
        return re.findall(r"\d+", siblings.read_text()).index(str(thread))
    except (OSError, ValueError):
        return 0


def describe_machine(python):
    """The machine and the versions, as a Markdown list."""
    processor = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    code = f"from importlib.metadata import version; print(*map(version, {PACKAGES}))"
    [versions, of_ours], _ = run_to_end(
        [([python, "-c", code], {}), ([FITROOM, "--version"], {})], "versions"
    )
    peers = ", ".join(f"{name} {version}" for name, version in zip(PACKAGES, versions.split()))
    return (
        f"- {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC\n"
        f"- {processor}, {os.cpu_count()} cores, of which {CORES} are used, {memory:.0f} GiB of"
        f" memory; {platform.system()} {platform.release()}, glibc {platform.libc_ver()[1]}\n"
        f"- {of_ours.strip()}, LibTorch {LIBTORCH_VERSION}\n"
        f"- {peers}, Python {platform.python_version()}"
    )


def main():
    wanted = arguments()
    check()
    python = environment.ensure("bench")
    LOGS.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()

    def say(line):
        print(f"[{time.monotonic() - begin:5.0f} s] {line}", file=sys.stderr, flush=True)

    # Two benchmarks at once would measure each other.
    with locked("bench"):
        machine = describe_machine(python)
        print(machine, flush=True)
        for part, measure in PARTS.items():
            if part in wanted.parts or not wanted.parts:
                section = measure(python, wanted.quick, say)
                print(f"\n{section}", flush=True)
                if not wanted.quick:
                    results.save(section, machine)


if __name__ == "__main__":
    run(main)
