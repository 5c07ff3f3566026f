"""Starts TensorBoard on a folder, prints what its HTTP interface shows, and stops it.

    query_server.py LOGDIR [--show scalars|images|histograms|texts|layout|hparams] [--loader python|fast]

JSON of `scalars`: {run: {tag: [[step, value], ...]}}. A run is the path of its folder below LOGDIR, `.` for
LOGDIR itself. Values that are not finite are the strings NaN, Infinity, -Infinity. TensorBoard shows at
most 1000 points of each tag.

JSON of `images`: {run: {tag: [[step, bytes in hexadecimal digits], ...]}}, at most 10 of each tag.

JSON of `histograms`: {run: {tag: [[step, [[left, right, count], ...]], ...]}}, at most 500 of each tag.

JSON of `texts`: {run: {tag: [[step, HTML], ...]}}.

JSON of `layout`: what the CUSTOM SCALARS page draws.

JSON of `hparams`: {"experiment": …, "groups": […]}, the answers that the HPARAMS page gets.

`python` (the default) reads everything before the first answer. `fast` is TensorBoard's own default, a
server of its own that reads in the background: here the answer is awaited in which each folder with an
event file is a run, and which does not change any more for two seconds.

Needs the Python package `tensorboard` (and `setuptools`, which it imports).
"""

import argparse
import json
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

START_SECONDS = 60
LOAD_SECONDS = 60
STABLE_SECONDS = 2

LOADER_OPTIONS = {
    "python": ["--load_fast=false", "--reload_task=blocking", "--reload_interval=0"],
    "fast": ["--load_fast=true", "--reload_interval=1"],
}


def start_server(logdir, loader, scratch):
    """Starts TensorBoard in a process group of its own, with its notes in `scratch`."""
    return subprocess.Popen(
        [sys.executable, "-m", "tensorboard.main", "--logdir", str(logdir)]
        + ["--host=127.0.0.1", "--port=0"]
        + LOADER_OPTIONS[loader],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "TMPDIR": scratch},
    )


def stop_server(server):
    """Ends the server and everything that it started."""
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        pass
    try:
        os.killpg(server.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    server.wait()


def server_address(server):
    """Waits for the line in which TensorBoard says where it listens."""
    lines = queue.Queue()

    def read():
        for line in server.stderr:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    seen = []
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            line = lines.get(timeout=max(0, deadline - time.monotonic()))
        except queue.Empty:
            sys.exit(f"no address from TensorBoard in {START_SECONDS} s:\n{''.join(seen)}")
        if line is None:
            sys.exit(f"TensorBoard ended with status {server.wait()}:\n{''.join(seen)}")
        seen.append(line)
        if address := re.search(r"http://127\.0\.0\.1:\d+/", line):
            return address.group()


def fetch(address, path, body=None, kind="application/x-www-form-urlencoded"):
    request = urllib.request.Request(f"{address}data/{path}", body, {"Content-Type": kind})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def ask(address, path, **parameters):
    return json.loads(fetch(address, f"{path}?{urllib.parse.urlencode(parameters)}"))


def post(address, path, question):
    return json.loads(fetch(address, path, json.dumps(question).encode(), "application/json"))


def all_scalars(address):
    """One request for each tag, as TensorBoard's own pages do: one for each run too takes minutes."""
    tags_of_runs = ask(address, "plugin/scalars/tags")
    scalars = {run: {} for run in tags_of_runs}
    for tag in sorted({tag for tags in tags_of_runs.values() for tag in tags}):
        runs = [run for run, tags in tags_of_runs.items() if tag in tags]
        form = urllib.parse.urlencode({"tag": tag, "runs": runs}, doseq=True).encode()
        series = json.loads(fetch(address, "plugin/scalars/scalars_multirun", form))
        for run, points in series.items():
            scalars[run][tag] = [[step, value] for _, step, value in points]
    return scalars


def all_images(address):
    return {
        run: {tag: images_of(address, run, tag) for tag in tags}
        for run, tags in ask(address, "plugin/images/tags").items()
    }


def images_of(address, run, tag):
    images = ask(address, "plugin/images/images", run=run, tag=tag)
    picture = "plugin/images/individualImage?"
    return [
        [image["step"], fetch(address, picture + image["query"]).hex()] for image in images
    ]


def all_histograms(address):
    return {
        run: {
            tag: [
                [step, buckets]
                for _, step, buckets in ask(
                    address, "plugin/histograms/histograms", run=run, tag=tag
                )
            ]
            for tag in tags
        }
        for run, tags in ask(address, "plugin/histograms/tags").items()
    }


def all_texts(address):
    return {
        run: {
            tag: [
                [text["step"], text["text"]]
                for text in ask(address, "plugin/text/text", run=run, tag=tag)
            ]
            for tag in tags
        }
        for run, tags in ask(address, "plugin/text/tags").items()
    }


def layout(address):
    return ask(address, "plugin/custom_scalars/layout")


def all_hparams(address):
    """What the HPARAMS page asks for when it is opened."""
    experiment = post(address, "plugin/hparams/experiment", {})
    statuses = ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"]
    columns = [{"hparam": info["name"]} for info in experiment.get("hparamInfos", [])]
    columns += [{"metric": info["name"]} for info in experiment.get("metricInfos", [])]
    question = {"allowedStatuses": statuses, "colParams": columns, "sliceSize": 1000}
    groups = post(address, "plugin/hparams/session_groups", question)
    return {"experiment": experiment, "groups": groups.get("sessionGroups", [])}


SHOWN = {
    "scalars": all_scalars,
    "images": all_images,
    "histograms": all_histograms,
    "texts": all_texts,
    "layout": layout,
    "hparams": all_hparams,
}


def settled(show, address, expected_runs):
    """Asks again and again until all runs are there and the answer stays the same."""
    deadline = time.monotonic() + LOAD_SECONDS
    shown, since = None, None
    while True:
        now = time.monotonic()
        latest = show(address)
        if latest != shown:
            shown, since = latest, now
        missing = expected_runs - set(ask(address, "runs"))
        if not missing and now - since >= STABLE_SECONDS:
            return shown
        if now > deadline:
            sys.exit(f"not loaded in {LOAD_SECONDS} s; missing runs: {sorted(missing)}")
        time.sleep(0.2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("logdir", type=Path)
    parser.add_argument("--show", choices=sorted(SHOWN), default="scalars")
    parser.add_argument("--loader", choices=sorted(LOADER_OPTIONS), default="python")
    arguments = parser.parse_args()
    if not arguments.logdir.is_dir():
        parser.error(f"{arguments.logdir} is no folder")
    expected_runs = {
        file.parent.relative_to(arguments.logdir).as_posix()
        for file in arguments.logdir.rglob("*tfevents*")
    }
    # A caller that ends this script ends the server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory() as scratch:
        server = start_server(arguments.logdir, arguments.loader, scratch)
        try:
            address = server_address(server)
            show = SHOWN[arguments.show]
            if arguments.loader == "python":
                shown = show(address)
            else:
                shown = settled(show, address, expected_runs)
        finally:
            stop_server(server)
    json.dump(shown, sys.stdout, allow_nan=False)


main()
