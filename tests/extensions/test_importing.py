"""When extensions are imported: for their names alone, and for lists of everything."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import symparams as sp
from symparams import extend
from tests.conftest import EXAMPLES
from tests.extensions.installing import NETWORK, install, install_gates
from tests.extensions.test_what_is_wrong import LAYER, MISTAKE
from tests.test_cli import refused, run

_ROOT = EXAMPLES.parent
_SOLVING = """
import sys
import symparams as sp
assert "importlib.metadata" not in sys.modules, "importing reads entry points"
net = sp.parse({!r})
net.solve("lesson", quantities=["shape", "params", "macs", "memory", "field"]).to_text()
net.diagnose(9, "dense_1")
try:
    net["dense_7"]
except KeyError:
    pass
assert "importlib.metadata" not in sys.modules, "solving reads entry points"
assert "symparams.extend" not in sys.modules
"""


def test_entry_points_are_not_read_for_layers_that_are_known() -> None:
    text = "def m(u) = dense(u, relu) input(8, 8, 3) -> conv(4, 3, same) -> flatten -> m(2) -> dense(10)"
    command = [sys.executable, "-c", _SOLVING.format(text)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=_ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def imported() -> set[str]:
    return {"odd_layers", "symparams_gates"} & set(sys.modules)


@pytest.fixture
def two(site: Path) -> Path:
    install_gates(site)
    install(site, "odd-layers", {"odd_layers.py": LAYER})
    return site


@pytest.mark.usefixtures("two")
class TestTwoExtensions:
    def test_none_for_a_network_of_known_layers(self) -> None:
        sp.parse("input(3) -> dense(2)").solve().to_text()
        sp.exam(sp.parse("input(3) -> dense(2)"), questions=2).to_json()
        assert run("diagnose", "-e", "input(3) -> dense(2)", "--layer", "dense_1", "--answer", "6")[0] == 0
        assert imported() == set()

    def test_the_one_that_has_the_layer(self) -> None:
        sp.parse(NETWORK)
        assert imported() == {"symparams_gates"}

    def test_the_one_that_has_the_quantity(self) -> None:
        assert sp.parse("input(3) -> dense(2)").quantity("energy") == 24
        assert imported() == {"symparams_gates"}

    def test_the_other_one(self) -> None:
        assert sp.parse("input(3) -> odd").params == 3
        assert imported() == {"odd_layers"}

    def test_all_for_lists(self) -> None:
        assert run("layers")[0] == 0
        assert imported() == {"odd_layers", "symparams_gates"}

    def test_the_hint_for_a_name_that_nobody_has(self) -> None:
        assert "did you mean `gatedmemory`?" in refused("solve", "-e", "input(3) -> gatedmemry(2)")


def test_a_name_that_stands_nowhere_in_the_files(site: Path) -> None:
    install(site, "odd-layers", {"odd_layers.py": LAYER.replace('("odd",)', '("o" + "dd",)')})
    assert sp.parse("input(3) -> odd").params == 3


def test_files_that_are_not_listed(site: Path) -> None:
    install(site, "odd-layers", {"odd_layers.py": LAYER})
    (site / "odd_layers-1.0.dist-info" / "RECORD").unlink()
    assert sp.parse("input(3) -> odd").params == 3


def test_letters_are_kept_from_its_flags_only_where_it_is_used(site: Path) -> None:
    flag = '    wide: bool = argument(switch("wide"), "whether it is wide", False)\n\n    names'
    install(site, "odd-layers", {"odd_layers.py": LAYER.replace("    names", flag, 1)})
    assert sp.parse("input(3) -> odd(wide)").symbols == {}
    assert str(sp.parse("input(wide) -> dense(2)").params) == "2*wide + 2"


class TestUse:
    """A mistake about layers of the package is looked for where the extension is named."""

    @pytest.fixture
    def mistakes(self, site: Path) -> Path:
        module = LAYER.partition("\nextension")[0] + MISTAKE.format("yield s.rule + 77")
        module = module.replace(", layers=(Odd,)", "")
        install(site, "odd-layers", {"odd_layers.py": module})
        return site

    def test_not_by_itself(self, mistakes: Path) -> None:
        assert sp.parse("input(3) -> dense(2)").diagnose(85, "dense_1").matches == ()
        (match,) = sp.parse("input(3) -> odd").diagnose(80, "odd_1").matches
        assert match.misconception == "odd mistake"

    def test_in_python(self, mistakes: Path) -> None:
        net = sp.parse("input(3) -> dense(2)")
        extend.use("odd-layers")
        (match,) = net.diagnose(85, "dense_1").matches
        assert match.misconception == "odd mistake"

    def test_in_a_command(self, mistakes: Path) -> None:
        question = ("diagnose", "-e", "input(3) -> dense(2)", "--layer", "dense_1", "--answer", "85")
        status, out, error = run("--with", "odd-layers", *question)
        assert (status, error) == (0, "")
        assert "77 = 85" in out

    def test_an_unknown_one(self, mistakes: Path) -> None:
        message = "there is no extension `odd-layer`; did you mean `odd-layers`?"
        assert refused("--with", "odd-layer", "layers") == message

    def test_one_that_is_wrong(self, site: Path) -> None:
        install(site, "odd-layers", {"odd_layers.py": "extension = 3"})
        status, out, error = run("--with", "odd-layers", "layers")
        assert (status, out) == (2, "")
        assert error.endswith(
            "the extension odd-layers 1.0 cannot be used: the module odd_layers declares nothing: "
            "it needs `extension = symparams.extend.Extension(…)`\n"
        )

    def test_none_is_installed(self, site: Path) -> None:
        assert refused("--with", "odd", "layers") == "there is no extension `odd`; none is installed"


def test_threads_wait_for_one_that_imports(site: Path) -> None:
    install(site, "odd-layers", {"odd_layers.py": f"import time\ntime.sleep(0.2)\n{LAYER}"})
    with ThreadPoolExecutor(4) as pool:
        nets = list(pool.map(sp.parse, ["input(3) -> odd"] * 4))
    assert [net.params for net in nets] == [3] * 4
