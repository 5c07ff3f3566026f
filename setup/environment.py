"""Makes Python environments in .tools/ that hold exactly what a requirements file pins."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys

from machine import ROOT, TOOLS, SetupError, locked, run

# name -> (folder in .tools/, requirements file in setup/)
ENVIRONMENTS = {
    "tools": ("python", "tool-requirements.txt"),
    "tests": ("test-python", "test-requirements.txt"),
    "bench": ("bench-python", "bench-requirements.txt"),
}


def ensure(name):
    """Makes the environment, if it is not there as pinned, and returns the path of its Python."""
    folder, requirements = ENVIRONMENTS[name]
    folder, requirements = TOOLS / folder, ROOT / "setup" / requirements
    python = folder / "bin" / "python"
    pinned = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if is_installed(folder, pinned):
        return python
    with locked(folder.name):
        if not is_installed(folder, pinned):
            print(f"setting up `{folder.relative_to(ROOT)}`", file=sys.stderr)
            make(folder)
            pip(python, "install", "--no-deps", "--only-binary=:all:", "--require-hashes",
                "-r", requirements)  # fmt: skip
            stamp = folder / "installed.partial"
            stamp.write_text(pinned)
            # Last of all: an environment without it is made again.
            stamp.rename(folder / "installed")
    return python


def is_installed(folder, pinned):
    """Whether the environment was finished from these requirements and its Python still works."""
    try:
        if (folder / "installed").read_text() != pinned:
            return False
        find_pip = "import importlib.util, sys; sys.exit(not importlib.util.find_spec('pip'))"
        return subprocess.run([folder / "bin" / "python", "-c", find_pip]).returncode == 0
    except OSError:
        return False


def make(folder):
    """Makes an environment that holds nothing but pip."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise SetupError(
            f"`{sys.executable}` has no `venv` and `ensurepip`, which make Python environments\n"
            "  Install them (Debian, Ubuntu: `apt-get install python3-venv`)."
        )
    shutil.rmtree(folder, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, text=True)
    if made.returncode != 0:
        said = (made.stdout + made.stderr).strip()
        raise SetupError(f"`{sys.executable} -m venv` failed: {said}")


def pip(python, command, *arguments, environment=None, on_line=lambda line: None):
    """Runs pip, with the user's own pip settings, and hands each line it prints to `on_line`."""
    call = [python, "-m", "pip", command, "--disable-pip-version-check", "--no-input", *arguments]
    lines = []
    with subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, **(environment or {})},
    ) as process:  # fmt: skip
        for line in process.stdout:
            lines.append(line.rstrip())
            on_line(lines[-1])
    if process.returncode != 0:
        offline = any("Retrying (" in line for line in lines)
        reason = "pip cannot reach its package index" if offline else f"`pip {command}` failed"
        # An error inside pip ends with a traceback, whose last line says what it was.
        errors = [line for line in lines if line.startswith("ERROR")][-3:] + lines[-1:]
        raise SetupError(
            "\n  ".join([reason, *dict.fromkeys(errors)]) + "\n"
            "  Check the network, the disk space and pip's settings (`python3 -m pip config list`),"
            " then run the same command again."
        )


def main():
    ensure(sys.argv[1])


if __name__ == "__main__":
    run(main)
