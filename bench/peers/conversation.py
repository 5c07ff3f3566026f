"""How a peer talks with the benchmark: settings as its argument, then JSON line for line."""

import json
import os
import sys


def settings():
    """What the benchmark started this process with."""
    return json.loads(sys.argv[1])


def answer_with(measure):
    """Says that all is ready, then answers each request with what `measure(**request)` returns."""
    # Libraries write to stdout what they like; from here on that is stderr.
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print(json.dumps("ready"), file=replies, flush=True)
    for line in sys.stdin:
        print(json.dumps(measure(**json.loads(line))), file=replies, flush=True)
