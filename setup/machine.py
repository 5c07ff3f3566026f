"""What this machine must have, and one clear message for each thing that it lacks."""

import contextlib
import fcntl
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
OLDEST_GLIBC = (2, 28)


class SetupError(Exception):
    """A reason why set-up cannot go on, with what to do about it on further lines."""


def run(main):
    """Exits with what `main` returns, or with 2 and one message when it cannot do its work."""
    try:
        sys.exit(main())
    except (SetupError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted: the same command goes on from here", file=sys.stderr)
        sys.exit(130)


@contextlib.contextmanager
def locked(name):
    """Holds a lock that other calls of set-up wait for; the kernel frees it when we die."""
    TOOLS.mkdir(exist_ok=True)
    with open(TOOLS / f"{name}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{name}: waiting for another call that sets it up", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def check_platform():
    """Refuses a machine that the published LibTorch does not run on."""
    name, version = platform.libc_ver()
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    system = f"{platform.system()} {platform.machine()}"
    if system == "Linux x86_64" and name == "glibc" and numbers >= OLDEST_GLIBC:
        return
    raise SetupError(
        f"LibTorch is published for Linux on x86-64 with glibc 2.28 or newer; this is `{system}`"
        f" with `{name or 'another C library'} {version}`".rstrip() + "\n"
        "  Build or download LibTorch for this machine and set LIBTORCH to its folder."
    )


def check_compilers():
    """Refuses a machine that cannot compile the project, before anything is downloaded."""
    oldest = re.search(r'^rust-version = "([\d.]+)"', (ROOT / "Cargo.toml").read_text(), re.M)[1]
    advice = f"  Install Rust {oldest} or newer (https://rustup.rs)"
    if not shutil.which("cargo"):
        raise SetupError(f"`cargo` is not on PATH\n{advice}, then open a new terminal.")
    # In the project's folder, where rustup picks the same toolchain as for the build.
    cargo = subprocess.run(["cargo", "--version"], cwd=ROOT, capture_output=True, text=True)
    found = re.match(r"cargo (\d+)\.(\d+)", cargo.stdout)
    if not found:
        reason = cargo.stderr.partition("\n")[0]
        raise SetupError(f"`cargo --version` failed: {reason}\n{advice}.")
    if tuple(map(int, found.groups())) < tuple(map(int, oldest.split("."))):
        raise SetupError(f"`{cargo.stdout.strip()}` is too old\n{advice}, or `rustup update`.")
    compiler = (shlex.split(os.environ.get("CXX", "")) or ["c++"])[0]
    if not shutil.which(compiler):
        raise SetupError(
            f"no C++ compiler: `{compiler}` is not on PATH\n"
            "  Install one (Debian, Ubuntu: `apt-get install g++`; Fedora: `dnf install gcc-c++`)."
        )


def check_space(needed):
    """Refuses a disk with less than `needed` bytes free."""
    free = shutil.disk_usage(ROOT).free
    if free < needed:
        raise SetupError(
            f"set-up needs {needed / 1e6:.0f} MB of disk space; `{ROOT}` has {free / 1e6:.0f} MB\n"
            "  Free some, or set LIBTORCH to the folder of a LibTorch that is already there."
        )
