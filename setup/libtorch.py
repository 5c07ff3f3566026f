"""Puts LibTorch (C++ headers and CPU libraries) into .libtorch/, from published Python wheels.

`just setup` runs it. Killed at any point and started again it ends right:

    .tools/download/   each wheel, whole and of the expected hash, until LibTorch is in place
    .tools/partial/    what a call is busy with: cleared by the next one
    .libtorch/         renamed into place whole; manifest.json names each file, its size and hash
"""

import hashlib
import json
import os
import re
import shutil
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import environment
import machine
from machine import ROOT, TOOLS, SetupError

VERSION = "2.13.0"
LIBTORCH = ROOT / ".libtorch"
DOWNLOAD = TOOLS / "download"
PARTIAL = TOOLS / "partial"
VERSION_HEADER = "include/torch/headeronly/version.h"
# Measured peaks: pip keeps a second copy of a wheel while it saves it; later the wheels lie beside
# the 486 MB that come out of them.
SPACE_TO_DOWNLOAD = 1_100_000_000
SPACE_TO_UNPACK = 520_000_000


@dataclass(frozen=True)
class Wheel:
    """A published wheel, and what is kept of it: start of a path in it -> start of ours."""

    name: str
    version: str
    platform: str
    tags: str
    size: int
    sha256: str
    keep: dict

    @property
    def path(self):
        return DOWNLOAD / f"{self.name}-{self.version}-{self.tags}-{self.platform}.whl"


# For one Python version, whichever one this machine has: nothing of Python is kept.
WHEELS = (
    Wheel(
        name="nvidia_cuda_runtime",
        version="13.0.96",
        platform="manylinux2014_x86_64.manylinux_2_17_x86_64",
        tags="py3-none",
        size=2_243_632,
        sha256="7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
        keep={"nvidia/cu13/lib/libcudart.so.13": "lib/libcudart.so.13"},
    ),
    Wheel(
        name="nvidia_cuda_cupti",
        version="13.0.85",
        platform="manylinux_2_25_x86_64",
        tags="py3-none",
        size=10_715_597,
        sha256="4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8",
        keep={"nvidia/cu13/lib/libcupti.so.13": "lib/libcupti.so.13"},
    ),
    Wheel(
        name="torch",
        version=VERSION,
        platform="manylinux_2_28_x86_64",
        tags="cp311-cp311",
        size=526_574_961,
        sha256="60fcdcb2f3876e21146cb4524ef06397d727ca9ad5f020818547e25075fe3cb7",
        keep={
            "torch/include/": "include/",
            "torch/lib/libc10.so": "lib/libc10.so",
            "torch/lib/libgomp.so.1": "lib/libgomp.so.1",
            "torch/lib/libtorch_cpu.so": "lib/libtorch_cpu.so",
        },
    ),
)


class Progress:
    """Says how far something is: a line that changes on a terminal, else one every 10 seconds."""

    def __init__(self, what, total):
        self.what, self.total, self.done = what, total, 0
        self.terminal = sys.stderr.isatty()
        self.shown_at = float("-inf")

    def __enter__(self):
        self.show(0)
        return self

    def show(self, done):
        self.done = done
        if time.monotonic() - self.shown_at > (0.1 if self.terminal else 10):
            self.shown_at = time.monotonic()
            self.write("\r" if self.terminal else "\n")

    def __exit__(self, error, *_):
        if self.terminal or error is None:
            self.write("\n")

    def write(self, end):
        line = f"{self.what}: {self.done / 1e6:.0f} of {self.total / 1e6:.0f} MB"
        print(line, end=end, file=sys.stderr, flush=True)


def check_own(own):
    """Refuses a LIBTORCH, set by the user, that the project cannot be built with."""
    folder = Path(own)
    advice = f"\n  Set it to the folder of LibTorch {VERSION}, or unset it and run `just setup`."
    if not folder.is_absolute():
        raise SetupError(f"LIBTORCH is `{own}`, expected an absolute path{advice}")
    for part in (VERSION_HEADER, "lib/libtorch.so"):
        if not (folder / part).exists():
            raise SetupError(f"LIBTORCH is `{own}`, which has no `{part}`{advice}")
    parts = re.findall(
        r"^#define TORCH_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)",
        (folder / VERSION_HEADER).read_text(),
        re.M,
    )
    if ".".join(parts) != VERSION and "LIBTORCH_BYPASS_VERSION_CHECK" not in os.environ:
        raise SetupError(f"LIBTORCH is `{own}`, which has version {'.'.join(parts)}{advice}")


def damage(verify):
    """What is wrong with .libtorch/ (None: nothing), by sizes, and with `verify` by content too."""
    try:
        manifest = json.loads((LIBTORCH / "manifest.json").read_text())
        if manifest["wheels"] != [wheel.sha256 for wheel in WHEELS]:
            return "it was made from other wheels"
        for name, (size, sha256) in manifest["files"].items():
            path = LIBTORCH / name
            if path.stat().st_size != size:
                return f"`{name}` has {path.stat().st_size} bytes, expected {size}"
            if verify and hash_of(path) != sha256:
                return f"`{name}` has other content than it was made with"
        (LIBTORCH / "lib/libtorch.so").stat()
    except FileNotFoundError as error:
        return f"`{error.filename}` is missing"
    except (NotADirectoryError, ValueError, KeyError, TypeError, AttributeError):
        return "`manifest.json` cannot be read"
    return None


def hash_of(path):
    """SHA-256 of a file, as hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def is_downloaded(wheel):
    return wheel.path.exists() and hash_of(wheel.path) == wheel.sha256


def download(wheel):
    """Gets a wheel with pip, which checks its hash and goes on where a connection broke."""
    python = environment.ensure("tools")
    requirements = PARTIAL / "requirements.txt"
    requirements.write_text(f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
    with Progress(f"downloading {wheel.name} {wheel.version}", wheel.size) as progress:

        def on_line(line):
            done = re.match(r"Progress (\d+) of", line)
            if done:
                progress.show(int(done[1]))

        environment.pip(
            python, "download", "--no-deps", "--require-hashes", "-r", requirements,
            "--only-binary=:all:", "--implementation=cp", "--python-version=3.11", "--abi=cp311",
            *(f"--platform={platform}" for platform in wheel.platform.split(".")),
            # A second copy of half a gigabyte in the user's cache would help nobody.
            "--no-cache-dir", "--resume-retries=20", "--progress-bar=raw", "--dest", PARTIAL,
            environment={"TMPDIR": str(PARTIAL)}, on_line=on_line,
        )  # fmt: skip
        progress.done = wheel.size
    [saved] = PARTIAL.glob("*.whl")
    saved.rename(wheel.path)


def unpack(folder):
    """Writes what is kept of the wheels to `folder`, and its manifest last."""
    chosen = []
    for wheel in WHEELS:
        archive = zipfile.ZipFile(wheel.path)
        for entry in archive.infolist():
            for theirs, ours in wheel.keep.items():
                if entry.filename.startswith(theirs) and not entry.is_dir():
                    chosen.append((archive, entry, ours + entry.filename[len(theirs) :]))
    files, done = {}, 0
    total = sum(entry.file_size for _, entry, _ in chosen)
    with Progress("unpacking LibTorch", total) as progress:
        for archive, entry, name in chosen:
            digest = hashlib.sha256()
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, open(folder / name, "wb") as target:
                for block in iter(lambda: source.read(1 << 20), b""):
                    target.write(block)
                    digest.update(block)
                    done += len(block)
                    progress.show(done)
            files[name] = (entry.file_size, digest.hexdigest())
    # The wheel's own libtorch.so ties all CUDA libraries in; these symbols are all in this one.
    (folder / "lib/libtorch.so").symlink_to("libtorch_cpu.so")
    # Read by the build of torch-sys, which refuses any other version.
    (folder / "build-version").write_text(f"{VERSION}\n")
    manifest = {"wheels": [wheel.sha256 for wheel in WHEELS], "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=0))


def install():
    """Downloads what is missing, unpacks it and puts it into the place of what was there."""
    shutil.rmtree(PARTIAL, ignore_errors=True)
    PARTIAL.mkdir(parents=True)
    DOWNLOAD.mkdir(exist_ok=True)
    missing = [wheel for wheel in WHEELS if not is_downloaded(wheel)]
    machine.check_space(SPACE_TO_DOWNLOAD if WHEELS[-1] in missing else SPACE_TO_UNPACK)
    for wheel in missing:
        download(wheel)
    unpack(PARTIAL / "new")
    if LIBTORCH.is_symlink() or LIBTORCH.exists():
        LIBTORCH.rename(PARTIAL / "old")
    (PARTIAL / "new").rename(LIBTORCH)


def main():
    machine.check_compilers()
    own = os.environ.get("LIBTORCH")
    if own is not None and Path(own) != LIBTORCH:
        check_own(own)
        print(f"LibTorch: `{own}` (LIBTORCH is set)", file=sys.stderr)
        return
    verify = "--verify" in sys.argv[1:]
    # Wheels that are still there belong to a call that is at work, or was stopped.
    if damage(verify) is None and not DOWNLOAD.exists():
        return
    machine.check_platform()
    with machine.locked("libtorch"):
        # Another call may have set it up while this one waited.
        found = damage(verify)
        if found is not None:
            if LIBTORCH.exists():
                print(f"setting `.libtorch` up again: {found}", file=sys.stderr)
            install()
            print(f"LibTorch {VERSION} is in `.libtorch`", file=sys.stderr)
        shutil.rmtree(PARTIAL, ignore_errors=True)
        shutil.rmtree(DOWNLOAD, ignore_errors=True)


if __name__ == "__main__":
    machine.run(main)
