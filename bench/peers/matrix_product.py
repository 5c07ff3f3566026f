"""The machine's own limit: GFLOP/s of a large matrix product in single precision."""

import time

import torch
from conversation import answer_with, settings

SIZE = 2048

torch.set_num_threads(settings()["threads"])
left, right = torch.rand(SIZE, SIZE), torch.rand(SIZE, SIZE)
product = torch.empty(SIZE, SIZE)
torch.mm(left, right, out=product)


def measure(seconds):
    products, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        torch.mm(left, right, out=product)
        products += 1
    return {"rate": products * 2 * SIZE**3 / 1e9 / (time.perf_counter() - begin)}


answer_with(measure)
