"""PyTorch's training step: photographs each second, as its users write it, or tuned.

Tuned: channels-last memory and the fused Adam; the benchmark starts it with a C library that keeps
its heap.
"""

import time

import torch
from catalogue import photographs
from conversation import answer_with, settings
from pytorch_network import network, train_step

settings = settings()
torch.set_num_threads(settings["threads"])
torch.manual_seed(0)
batch_size = settings["batch_size"]
images, labels = map(torch.from_numpy, photographs(settings["photographs"]))
images = images.permute(0, 3, 1, 2).contiguous()
model = network(settings, images.shape[2:], settings["classes"])
if settings["tuned"]:
    images = images.to(memory_format=torch.channels_last)
    model = model.to(memory_format=torch.channels_last)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, fused=settings["tuned"] or None)
batches = list(zip(images.split(batch_size), labels.split(batch_size)))


def measure(seconds):
    steps, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        train_step(model, optimizer, *batches[steps % len(batches)])
        steps += 1
    return {"rate": steps * batch_size / (time.perf_counter() - begin)}


measure(seconds=1)
train_step(model, optimizer, *batches[0])
answer_with(measure)
