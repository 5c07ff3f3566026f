"""Reads all event files of a folder with TensorBoard's own loader in Python.

    read_events.py FOLDER

Prints JSON: scalars and seconds.
"""

import json
import sys
import time

from tensorboard.backend.event_processing.event_accumulator import SCALARS, EventAccumulator

begin = time.perf_counter()
accumulator = EventAccumulator(sys.argv[1], size_guidance={SCALARS: 0})
accumulator.Reload()
scalars = sum(len(accumulator.Scalars(tag)) for tag in accumulator.Tags()[SCALARS])
print(json.dumps({"scalars": scalars, "seconds": time.perf_counter() - begin}))
