"""Runs all tests, shows what failed or was skipped, and ends with one line that counts them.

A test that cannot run here prints a line that starts with `SKIPPED: ` to stderr and returns. Where
CI=true that is an error: there, everything that tests need is expected.
"""

import os
import re
import subprocess
import sys

import environment
from machine import ROOT, SetupError, run

RUNNING = re.compile(r"running (\d+) tests?$")
TEST = re.compile(r"test .+ \.\.\. (ok|FAILED|ignored)\b")
RESULT = re.compile(r"test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;")
OUTPUT_OF = re.compile(r"---- (.+) stdout ----$")


class Counts:
    """What the test programs said, line by line, as cargo's test harness prints it."""

    def __init__(self):
        self.passed = self.failed = self.ignored = 0
        self.skipped = []
        # Of the program that runs now: tests it has, and how those ended that did.
        self.announced, self.ended = 0, []
        self.in_passed_output, self.test = False, ""

    def read(self, line):
        """Counts one line of output and returns what a person wants to see of it, if anything."""
        running, result, test = RUNNING.match(line), RESULT.search(line), TEST.match(line)
        if running:
            self.end_program()
            self.announced = int(running[1])
            return line if self.announced else None
        if result:
            passed, failed, ignored = map(int, result.groups())
            self.passed, self.failed = self.passed + passed, self.failed + failed
            self.ignored += ignored
            shown = line if self.announced else None
            self.announced, self.ended, self.in_passed_output = 0, [], False
            return shown
        if line in ("successes:", "failures:"):
            self.in_passed_output, self.test = line == "successes:", ""
            return line if line == "failures:" else None
        if self.in_passed_output:
            self.test = (OUTPUT_OF.match(line) or [None, self.test])[1]
            if not line.startswith("SKIPPED: ") or not self.test:
                return None
            self.skipped.append(f"SKIPPED: {self.test}: {line[len('SKIPPED: ') :]}")
            # A test counts once, however much it says.
            self.test = ""
            return self.skipped[-1]
        if test:
            self.ended.append(test[1])
            return line if test[1] != "ok" else None
        return line or None

    def end_program(self):
        """Counts the tests of a program that died before it could say how they went."""
        if self.announced:
            passed = self.ended.count("ok")
            self.passed += passed
            self.ignored += self.ended.count("ignored")
            self.failed += self.announced - passed - self.ended.count("ignored")
            print(f"a test program died; of its {self.announced} tests {passed} had passed")
        self.announced, self.ended, self.in_passed_output = 0, [], False

    def summary(self):
        passed, skipped = self.passed - len(self.skipped), len(self.skipped) + self.ignored
        line = f"{passed} passed, {self.failed} failed"
        return f"{line}, {skipped} skipped" if skipped else line


def cargo_test(targets, filters, counts):
    """Runs the tests of some targets and returns cargo's exit code."""
    call = ["cargo", "test", "--release", "--workspace", "--no-fail-fast", *targets]
    call += ["--", "--show-output", *filters]
    with subprocess.Popen(
        call, cwd=ROOT, stdout=subprocess.PIPE, text=True, errors="replace"
    ) as cargo:
        for line in cargo.stdout:
            shown = counts.read(line.rstrip("\n"))
            if shown is not None:
                print(shown, flush=True)
    counts.end_program()
    return cargo.returncode


def main():
    in_ci = os.environ.get("CI", "").lower() in ("true", "1")
    if "FITROOM_PYTHON" not in os.environ:
        try:
            os.environ["FITROOM_PYTHON"] = str(environment.ensure("tests"))
        except SetupError as error:
            if in_ci:
                raise
            print(f"warning: tests that need Python packages are skipped: {error}", file=sys.stderr)
    counts = Counts()
    code = cargo_test(["--doc"], sys.argv[1:], counts)
    # Without a single result it is the compiler that failed, and would fail again.
    if code == 0 or counts.passed + counts.failed > 0:
        code = cargo_test(["--lib", "--bins", "--tests"], sys.argv[1:], counts) or code
    if code == 0 and in_ci and counts.skipped:
        print("error: no test may be skipped where CI=true:", *counts.skipped, sep="\n  ")
        code = 1
    if code == 0 and counts.passed + counts.failed == 0:
        print("error: no test ran")
        code = 1
    print(counts.summary())
    return code


if __name__ == "__main__":
    run(main)
