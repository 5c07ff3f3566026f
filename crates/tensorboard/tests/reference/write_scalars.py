"""Writes scalars with PyTorch's `SummaryWriter`, for the test that ours writes the same.

    write_scalars.py OUT

Makes one event file in OUT. Needs the packages of `setup/bench-requirements.txt`.
"""

import math
import sys

from torch.utils.tensorboard import SummaryWriter

VALUES = {
    "loss/train": [2.5, 1.25, 0.1, 1e-30, 3.4e38],
    "accuracy": [0.0, -0.0, 1.0, 1 / 3, 0.9999999],
    "odd": [math.inf, -math.inf, 1e-45, -7.0, 16777217.0],
}

writer = SummaryWriter(sys.argv[1])
for step in range(5):
    for tag, values in VALUES.items():
        # Steps far apart, below 0 and beyond 32 bits.
        writer.add_scalar(tag, values[step], (step - 1) * 3_000_000_000)
writer.close()
