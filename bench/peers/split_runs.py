"""Writes the runs below a folder again as Keras lays them out: sub-runs for train, validation and pictures.

    split_runs.py FROM TO
"""

import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto import event_pb2
from tensorboard.summary.writer.record_writer import RecordWriter


def part(tag):
    if tag.endswith("/validation"):
        return "validation"
    return "cm" if tag.startswith(("confusion_matrix", "mistakes")) else "train"


root, out = map(Path, sys.argv[1:])
for path in sorted(root.rglob("*tfevents*")):
    files = {}
    for name in ["train", "validation", "cm"]:
        folder = out / path.parent.relative_to(root) / name
        folder.mkdir(parents=True)
        files[name] = open(folder / path.name, "wb")
    writers = {name: RecordWriter(file) for name, file in files.items()}
    for record in RawEventFileLoader(str(path)).Load():
        event = event_pb2.Event.FromString(record)
        if event.WhichOneof("what") != "summary":
            for writer in writers.values():
                writer.write(record)
            continue
        for name, writer in writers.items():
            values = [value for value in event.summary.value if part(value.tag) == name]
            if values:
                some = event_pb2.Event(wall_time=event.wall_time, step=event.step)
                some.summary.value.extend(values)
                writer.write(some.SerializeToString())
    for file in files.values():
        file.close()
