"""The distribution beside these tests, built and installed as any other: each thing it brings works in the program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import EXAMPLES
from tests.extensions.installing import NETWORK, PACKAGE

_ROOT = EXAMPLES.parent
_PICKLED = f"""
import pickle, sys
import symparams as sp
sys.stdout.buffer.write(pickle.dumps(sp.parse({NETWORK!r})))
"""
_UNPICKLED = """
import pickle, sys
net = pickle.load(sys.stdin.buffer)
(match,) = net.diagnose(544, "gatedmemory_1").matches
print(net.params, net.subs().params, match.misconception)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the distribution, put there by pip from its wheel."""
    folder = tmp_path_factory.mktemp("installed")
    source = shutil.copytree(PACKAGE, folder / "source")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    done = subprocess.run(
        [*install, "--target", str(folder / "site"), str(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder / "site"


def program(site: Path, *command: str, given: bytes = b"") -> bytes:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT), str(site)])}
    command = (sys.executable, *command)
    done = subprocess.run(command, input=given, capture_output=True, cwd=site.parent, env=environment, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return done.stdout


def said(site: Path, *arguments: str) -> str:
    return program(site, "-m", "symparams", *arguments).decode()


@pytest.mark.slow
class TestInstalled:
    def test_it_is_listed(self, site: Path) -> None:
        assert said(site, "extensions").startswith("symparams-gates 1.0\n  layer: gatedmemory\n")

    def test_solution(self, site: Path) -> None:
        record = json.loads(said(site, "solve", "-e", NETWORK, "--quantity", "energy", "--format", "json"))
        assert record["layers"][1]["quantities"]["energy"] == 40_960
        assert "== <code>gatedmemory_1</code>: gated memory ==" in said(
            site, "solve", "-e", NETWORK, "--format", "wiki"
        )

    def test_page(self, site: Path) -> None:
        assert said(site, "layers", "gmem").startswith("gatedmemory(units, bias=yes)\n")

    def test_exam(self, site: Path) -> None:
        cards = said(site, "exam", "-e", NETWORK, "--kinds", "energy:number", "--questions", "1", "--format", "cards")
        assert "How many picojoules does this layer need for one example?" in cards

    def test_another_process_has_it_too(self, site: Path) -> None:
        pickled = program(site, "-c", _PICKLED)
        assert program(site, "-c", _UNPICKLED, given=pickled).decode() == "1187 1187 gate of the memory left out\n"
