"""Measures Fitting Room beside its peers and writes bench/RESULTS.md."""

import argparse
import datetime
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

from peer import BENCH, PeerError
from step import report as report_step
from trials import report_grid, report_trials

ROOT = BENCH.parent
PARTS = ["step", "trials", "grid"]
PEERS = ["tensorflow-cpu", "keras", "torch", "optuna", "keras-tuner"]


def main():
    parser = argparse.ArgumentParser(prog="just bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help="step, trials or grid; default: all")
    parser.add_argument("--quick", action="store_true", help="see whether it runs; write no results")
    arguments = parser.parse_args()
    for part in arguments.parts:
        if part not in PARTS:
            parser.error(f"`{part}` is no part, expected one of {', '.join(PARTS)}")
    parts = arguments.parts or PARTS
    release = (ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release").resolve()
    folder = release.parent / "bench"
    program = release / "fitroom"
    sections = []
    if "step" in parts:
        sections.append(report_step(release / "examples" / "step", arguments.quick))
    if set(parts) & {"trials", "grid"}:
        dataset = catalogue(program, folder)
        if "trials" in parts:
            sections.append(report_trials(program, dataset, folder, arguments.quick))
        if "grid" in parts:
            sections.append(report_grid(program, dataset, folder, arguments.quick))
    results = "\n".join([head(), *sections])
    print("\n" + results)
    if not arguments.quick and parts == PARTS:
        partial = BENCH / "RESULTS.md.partial"
        partial.write_text(results)
        partial.rename(BENCH / "RESULTS.md")


def catalogue(program, folder):
    """The real catalogue where FITROOM_TEST_DATA has it, else the demo."""
    source = os.environ.get("FITROOM_TEST_DATA")
    name = "catalogue" if source else "demo"
    dataset = folder / "data" / name
    if (dataset / "dataset.toml").exists():
        return dataset
    if source:
        photographs = Path(source) / "fashion-catalogue.zip"
        call = ["import", photographs, "--labels", "labels.csv", "--size", "60x80", "--out", dataset]
    else:
        call = ["demo", "--out", dataset]
    subprocess.run([program, "data", *call], check=True)
    return dataset


def head():
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=ROOT)
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PEERS)
    return f"""# Measured

{datetime.date.today()}, commit {commit.stdout.strip() or "unknown"}; {processor[1] if processor else "?"},
{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}. Python {platform.python_version()},
{versions}.

Ratios are a peer's time divided by ours: above 1 means that ours is faster.
"""


if __name__ == "__main__":
    try:
        main()
    except (PeerError, OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None)
        print(f"error: {error}", *([said.decode()] if said else []), sep="\n", file=sys.stderr)
        sys.exit(2)
