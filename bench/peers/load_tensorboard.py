"""Starts TensorBoard on a folder and waits until it shows all of it.

    load_tensorboard.py '{"folder": …, "loader": "fast" | "python", "trials": …}'

Shown is a trial whose `best/accuracy`, the last of its scalars, is listed, and all are once the HPARAMS page has
them too. Prints JSON: the seconds until scalars and until HPARAMS show all, and the most memory of all processes
of the server, in GiB.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

LIMIT_SECONDS = 600


def fetch(url, question=None):
    body = None if question is None else json.dumps(question).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=LIMIT_SECONDS) as answer:
        return json.loads(answer.read())


def address_of(server):
    for line in server.stderr:
        if address := re.search(r"http://\S+:\d+/", line):
            # What it says later must not fill the pipe.
            threading.Thread(target=server.stderr.read, daemon=True).start()
            return address.group() + "data/"
    sys.exit("TensorBoard ended before it listened")


def memory(group):
    """Bytes in memory of all processes of a group."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) == group:
                pages = int((process / "statm").read_text().split()[1])
                total += pages * os.sysconf("SC_PAGE_SIZE")
        except (OSError, ValueError):
            continue
    return total


def wait_for(shown, begin, group, peak):
    """Asks until it is true; the seconds since `begin`."""
    while not shown():
        peak[0] = max(peak[0], memory(group))
        if time.perf_counter() - begin > LIMIT_SECONDS:
            sys.exit(f"not everything is shown after {LIMIT_SECONDS} s")
        time.sleep(0.1)
    return time.perf_counter() - begin


def main():
    settings = json.loads(sys.argv[1])
    begin, peak = time.perf_counter(), [0]
    server = subprocess.Popen(
        [sys.executable, "-m", "tensorboard.main", "--logdir", settings["folder"], "--port=0"]
        + ["--host=127.0.0.1", f"--load_fast={str(settings['loader'] == 'fast').lower()}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        address, trials = address_of(server), settings["trials"]

        def scalars():
            tags = fetch(f"{address}plugin/scalars/tags").values()
            return sum("best/accuracy" in of_run for of_run in tags) >= trials

        def sessions():
            statuses = ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"]
            question = {"allowedStatuses": statuses, "colParams": [], "sliceSize": 10 * trials}
            groups = fetch(f"{address}plugin/hparams/session_groups", question)
            found = [session for group in groups.get("sessionGroups", []) for session in group["sessions"]]
            return len(found) >= trials

        group = os.getpgid(server.pid)
        until = [wait_for(shown, begin, group, peak) for shown in (scalars, sessions)]
        peak[0] = max(peak[0], memory(group))
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    print(json.dumps({"scalars": until[0], "hparams": until[1], "gibibytes": peak[0] / 2**30}))


main()
