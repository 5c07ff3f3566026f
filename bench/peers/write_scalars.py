"""Writes scalars with PyTorch's or tensorboardX's `SummaryWriter` until they are on the disk.

    write_scalars.py '{"writer": "pytorch" | "tensorboardx", "folder": …, "scalars": …}'

Prints JSON: the seconds.
"""

import json
import os
import sys
import time

settings = json.loads(sys.argv[1])
if settings["writer"] == "pytorch":
    from torch.utils.tensorboard import SummaryWriter
else:
    from tensorboardX import SummaryWriter

TAGS = ["loss/train", "loss/validation", "accuracy/train", "accuracy/validation", "learning_rate"]

begin = time.perf_counter()
writer = SummaryWriter(settings["folder"])
for number in range(settings["scalars"]):
    writer.add_scalar(TAGS[number % len(TAGS)], float(number), number // len(TAGS))
writer.close()
os.sync()
print(json.dumps({"seconds": time.perf_counter() - begin}))
