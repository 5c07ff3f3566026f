"""Prints what TensorBoard's own `EventAccumulator` reads from runs.

    accumulate.py PATH...

A PATH is an event file, or a folder that has some. JSON: for each PATH one object, whose keys are
explained by `what_we_read` in agreement.rs. Numbers that are not finite are the strings NaN, Infinity
and -Infinity. Needs the Python package `tensorboard`.
"""

import json
import math
import sys

from tensorboard import data_compat
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto import summary_pb2
from tensorboard.plugins.hparams import api_pb2, metadata
from tensorboard.util import tensor_util

ALL = {
    kind: 0
    for kind in ("scalars", "histograms", "compressedHistograms", "images", "audio", "tensors")
}
STATUS = {"STATUS_SUCCESS": "success", "STATUS_FAILURE": "failure"}


def as_json(number):
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number


def by_step(events, content):
    """Of several values at a step the last one counts."""
    return {str(event.step): content(event) for event in events}


def strings(event):
    return list(event.tensor_proto.string_val)


def pictures(width, height, encoded):
    return [[width, height, picture.hex()] for picture in encoded]


def tensor_pictures(event):
    width, height, *encoded = strings(event)
    return pictures(int(width), int(height), encoded)


def old_histogram(event):
    value = summary_pb2.Summary.Value(tag="tag")
    for name, content in vars(event.histogram_value).items():
        if name in ("bucket", "bucket_limit"):
            getattr(value.histo, name).extend(content)
        else:
            setattr(value.histo, name, content)
    return rows(data_compat.migrate_value(value).tensor)


def rows(tensor):
    """In single precision, to which TensorBoard rounds histograms of TensorFlow 1."""
    numbers = tensor_util.make_ndarray(tensor).astype("float32")
    return [[as_json(number) for number in row] for row in numbers.tolist()]


def scalar(event):
    return [event.wall_time, as_json(event.value)]


def tensor_scalar(event):
    return [event.wall_time, as_json(float(tensor_util.make_ndarray(event.tensor_proto).item()))]


def texts(event):
    return [text.decode() for text in strings(event)]


def hparams(accumulator):
    """The three records, each `None` where there is none."""
    try:
        records = accumulator.PluginTagToContent("hparams")
    except KeyError:
        records = {}
    experiment = start = end = None
    if content := records.get(metadata.EXPERIMENT_TAG):
        message = metadata.parse_experiment_plugin_data(content)
        experiment = {
            "hparams": [info.name for info in message.hparam_infos],
            "metrics": [[info.name.group, info.name.tag] for info in message.metric_infos],
        }
    if content := records.get(metadata.SESSION_START_INFO_TAG):
        message = metadata.parse_session_start_info_plugin_data(content)
        start = {
            "hparams": {
                name: getattr(value, value.WhichOneof("kind"))
                for name, value in message.hparams.items()
            },
            "group": message.group_name,
            "started": message.start_time_secs or None,
        }
    if content := records.get(metadata.SESSION_END_INFO_TAG):
        message = metadata.parse_session_end_info_plugin_data(content)
        status = STATUS.get(api_pb2.Status.Name(message.status))
        end = {"status": status, "ended": message.end_time_secs or None}
    return {"experiment": experiment, "session_start": start, "session_end": end}


def read(path):
    accumulator = EventAccumulator(path, size_guidance=ALL)
    accumulator.Reload()
    tags = accumulator.Tags()
    run = {
        "scalars": {tag: by_step(accumulator.Scalars(tag), scalar) for tag in tags["scalars"]},
        "histograms": {
            tag: by_step(accumulator.Histograms(tag), old_histogram) for tag in tags["histograms"]
        },
        "pictures": {
            tag: by_step(
                accumulator.Images(tag),
                lambda event: pictures(event.width, event.height, [event.encoded_image_string]),
            )
            for tag in tags["images"]
        },
        "texts": {},
        "keras_model": None,
        **hparams(accumulator),
    }
    of_plugin = {
        "scalars": ("scalars", tensor_scalar),
        "images": ("pictures", tensor_pictures),
        "histograms": ("histograms", lambda event: rows(event.tensor_proto)),
        "text": ("texts", texts),
    }
    for tag in tags["tensors"]:
        plugin = accumulator.SummaryMetadata(tag).plugin_data.plugin_name
        events = accumulator.Tensors(tag)
        if plugin in of_plugin:
            kind, content = of_plugin[plugin]
            run[kind][tag] = by_step(events, content)
        elif plugin == "graph_keras_model":
            run["keras_model"] = texts(events[0])[0]
    for kind in ("scalars", "histograms", "pictures", "texts"):
        # Where training started again before all its steps, an empty list stays.
        run[kind] = {tag: steps for tag, steps in run[kind].items() if steps}
    return run


json.dump([read(path) for path in sys.argv[1:]], sys.stdout, allow_nan=False)
