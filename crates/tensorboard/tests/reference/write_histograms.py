"""Prints what TensorFlow's `histogram_summary` makes of some values, for the test that ours are the same.

    write_histograms.py > histograms.json

Needs the packages of `setup/bench-requirements.txt`.
"""

import json

import numpy
import tensorflow
from tensorflow.core.framework import summary_pb2

random = numpy.random.default_rng(0)
# Nothing below the smallest normal number: TensorFlow takes that for 0.
EDGES = [0.0, -0.0, 1e-12, -1e-12, 1.1e-12, 9.9e-13, 2e-38, -2e-38, 1e20, -1e20, 3e38, -3e38]
VALUES = {
    "weights": random.normal(0, 0.05, 300),
    "edges": EDGES,
    "one": [0.25],
    "rising": 1.1 ** numpy.arange(-250, 250),
}

histograms = []
for name, values in VALUES.items():
    values = numpy.asarray(values, dtype=numpy.float32)
    serialized = tensorflow.raw_ops.HistogramSummary(tag=name, values=values).numpy()
    histogram = summary_pb2.Summary.FromString(serialized).value[0].histo
    histograms.append(
        {
            "values": [float(value) for value in values],
            "min": histogram.min,
            "max": histogram.max,
            "number": histogram.num,
            "sum": histogram.sum,
            "sum_of_squares": histogram.sum_squares,
            "limits": list(histogram.bucket_limit),
            "counts": list(histogram.bucket),
        }
    )
print(json.dumps(histograms))
