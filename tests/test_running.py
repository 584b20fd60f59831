"""How the tests are run: what is left out by default runs elsewhere, where nothing is skipped."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import EXAMPLES

ROOT = EXAMPLES.parent

SKIPPING = """
import pytest

def test_passes(): pass
def test_skips(): pytest.skip("there is no such program")
@pytest.mark.skipif(True, reason="there is no such system")
def test_is_skipped(): pass
@pytest.mark.xfail(reason="known", strict=True)
def test_fails_as_expected(): raise ValueError
"""


def outcome(folder: Path, *words: str) -> str:
    """The last line of the tests in a folder."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-c", str(folder / "pytest.ini"), *words]
    done = subprocess.run(
        [*command, str(folder)], capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    return re.sub(r" in [0-9.]+s.*", "", done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_a_test_that_is_skipped_has_failed_where_nothing_may_be_missing(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (tmp_path / "test_module.py").write_text('import pytest\npytest.importorskip("no_such_module")\n', "utf-8")
    (tmp_path / "test_skipping.py").write_text(SKIPPING, "utf-8")
    assert outcome(tmp_path) == "1 passed, 3 skipped, 1 xfailed"
    ignored = f"--ignore={tmp_path / 'test_module.py'}"
    assert outcome(tmp_path, "--no-skips", ignored) == "1 failed, 1 passed, 1 xfailed, 1 error"
    assert outcome(tmp_path, "--no-skips") == "1 error"


def test_what_is_left_out_by_default_runs_in_continuous_integration() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    names = [marker.partition(":")[0] for marker in options["markers"]]
    assert f"not ({' or '.join(names)})" in options["addopts"]
    run = (ROOT / ".ci" / "run").read_text("utf-8")
    chosen = {word for found in re.findall(r'marked\+?="([^"]*)"|-m (\w+)', run) for word in " ".join(found).split()}
    assert {*names} <= chosen
