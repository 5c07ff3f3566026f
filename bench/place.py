"""Where the benchmark finds and leaves things; nothing of it lies in the user's own folders."""

import os

from machine import ROOT

BENCH = ROOT / "bench"
PEERS = BENCH / "peers"
SWEEPS = BENCH / "sweeps"
TASKS = ROOT / "sweeps" / "tasks.toml"
RESULTS = BENCH / "RESULTS.md"
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
FITROOM = TARGET / "release" / "fitroom"
RACE = TARGET / "release" / "examples" / "race"
HISTOGRAM_COST = TARGET / "release" / "examples" / "histogram_cost"
PICTURE_COST = TARGET / "release" / "examples" / "picture_cost"
READ_EVENTS = TARGET / "release" / "examples" / "read_events"
WRITE_SCALARS = TARGET / "release" / "examples" / "write_scalars"
STORE = TARGET / "release" / "examples" / "store"
STEP = TARGET / "release" / "examples" / "step"
WORK = TARGET / "bench"
LOGS = WORK / "logs"
DATASETS = WORK / "data"
RUNS = WORK / "runs"
