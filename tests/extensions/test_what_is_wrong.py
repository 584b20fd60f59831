"""An extension that is wrong is named with its distribution, once, and everything else works."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

import symparams as sp
from symparams.extensions import ExtensionWarning
from tests.extensions.installing import install, install_gates
from tests.test_cli import refused, run

LAYER = """\
from typing import ClassVar
from symparams.extend import *

@layer_class
class Odd(Layer):
    "A layer that adds a number to each feature."

    names: ClassVar = ("odd",)
    title: ClassVar = "Odd layer"
    example: ClassVar = "input(3) -> odd"

    def rules(self, *arriving):
        (x,) = arriving
        n = symbol("n", x.shape[-1], "inputs")
        return Rules(
            output=x.kept(), tensors=(tensor(x.convention, "shift", outputs=(n,)),),
            because="each has a number", shape_because="", channels_are=None,
        )

extension = Extension(layers=[Odd])
"""
MISTAKE = """
@misconception("odd mistake", "params", layers=(Odd,), explanation="you", repair="it", source="A book")
def odd_mistake(s):
    {}

extension = Extension(layers=[Odd], misconceptions=[odd_mistake])
"""

OTHERS = """
energy = Quantity("odd", "Odd", "odd", "odds", {}, lambda node, settings: "", lambda settings: "")

def plans(course, answer_type):
    {}

class Odds(TextExport):
    name, markup = "odd", "text"

    def head(self, bank):
        return {}

    item = foot = comment = lambda self, asked: "x"

extension = Extension(quantities=[energy], kinds=[QuestionKind("odd", "odd", 99, ("number",), plans)], exports=[Odds])
"""

KNOWN = "input(3) -> dense(2)"


def out_of(*arguments: str) -> tuple[str, str]:
    status, out, error = run(*arguments)
    assert status == 0
    assert "Traceback" not in error
    return out, error


def left_out(site: Path, module: str, points: str = "") -> str:
    """What is told of an extension, once, by a command that lists; the rest of the list is there."""
    install(site, "odd-layers", {"odd_layers.py": module}, points)
    install_gates(site)
    out, told = out_of("layers")
    assert "\ngatedmemory(units, bias=yes)\n" in out
    assert "\nconv(" in out
    assert out_of("layers") == (out, "")
    assert "odd-layers 1.0\n  left out: " in out_of("extensions")[0]
    assert out_of("solve", "-e", KNOWN, "--format", "json")[1] == ""
    assert out_of("solve", "-e", "input(10, 16) -> gmem(32)")[1] == ""
    first = "symparams: the extension odd-layers 1.0 is left out: "
    assert told.startswith(first)
    return told.removeprefix(first).removesuffix("\n")


LEFT_OUT = {
    "no such package": (
        "import no_such_package",
        "odd_layers cannot be imported: ModuleNotFoundError: No module named 'no_such_package'",
    ),
    "no Python": (
        "class class",
        "odd_layers cannot be imported: SyntaxError: invalid syntax (odd_layers.py, line 1)",
    ),
    "an end": ("raise SystemExit(3)", "odd_layers cannot be imported: SystemExit: 3"),
    "no declaration": (
        "Extension = 3",
        "the module odd_layers declares nothing: it needs `extension = symparams.extend.Extension(…)`",
    ),
    "something else": (
        "extension = 3",
        "the module odd_layers declares nothing: it needs `extension = symparams.extend.Extension(…)`",
    ),
    "nothing": ("from symparams.extend import Extension\nextension = Extension()", "it provides nothing"),
    "a name that is taken": (
        LAYER.replace('("odd",)', '("odd", "Conv2D")'),
        "the name `conv2d` of its layer is taken by symparams",
    ),
    "no name": (LAYER.replace('("odd",)', "()"), "its layer Odd has no names"),
    "no example": (LAYER.replace('"input(3) -> odd"', '""'), "its layer Odd has no example"),
    "no rules": (LAYER.replace("def rules", "def rule"), "its layer Odd has no rules"),
    "no tuple of names": (
        LAYER.replace('("odd",)', '"odd"'),
        "the names of its layer Odd are 'odd', which is not a tuple of words",
    ),
    "a name that cannot be written": (
        LAYER.replace('("odd",)', '("odd layer",)'),
        "the names of its layer Odd are ('odd layer',), which is not a tuple of words",
    ),
    "a class without its mark": (LAYER.replace("@layer_class", ""), "its layer Odd is not marked with @layer_class"),
    "unknown inputs": (
        LAYER.replace("    title", '    inputs: ClassVar = "two"\n    title'),
        "its layer Odd has inputs `two`; the choices are none, one, many, some and optional",
    ),
    "an unknown reading": (
        LAYER.replace("    title", '    reads: ClassVar = "rows"\n    title'),
        "its layer Odd reads `rows`; the choices are channels, features, kept and new",
    ),
    "no layer": (LAYER.replace("[Odd]", "[Axis]"), "<class 'symparams.model.layer.Axis'> is not a layer class"),
    "no misconception": (LAYER.replace("layers=[Odd]", "misconceptions=['x']"), "'x' is no misconception"),
    "an unknown quantity": (
        LAYER.partition("\nextension")[0] + MISTAKE.format("return ()").replace('"params"', '"parms"'),
        "its misconception `odd mistake` is about `parms`, which is not a quantity",
    ),
    "an unknown markup": (
        LAYER.partition("\nextension")[0] + OTHERS.format("print", "yield", "''").replace('"text"', '"texts"'),
        "its export Odds has the markup `texts`, which is not a format",
    ),
    "an abstract export": (
        LAYER.replace("layers=[Odd]", "exports=[TextExport]"),
        "its export TextExport lacks comment, foot, head, item, name and markup",
    ),
    "an unknown type": (
        LAYER.replace("layers=[Odd]", "kinds=[QuestionKind('odd', 'odd', 99, ('essay',), print)]"),
        "its kind odd has the type `essay`; the choices are number, shape, formula and choice",
    ),
    "two of a name": (
        LAYER.replace("layers=[Odd]", "exports=[A, B]").replace(
            "extension =",
            "class A(Export):\n    name, markup = 'odd', 'text'\n    item = write = print\nclass B(A): 0\nextension =",
        ),
        "it provides two exports with the name `odd`",
    ),
}


@pytest.mark.parametrize("what", LEFT_OUT)
def test_left_out(site: Path, what: str) -> None:
    module, told = LEFT_OUT[what]
    assert left_out(site, module) == told


def test_an_entry_point_that_is_none(site: Path) -> None:
    said = left_out(site, LAYER, "odd-layers = 3 what")
    assert said.startswith("3 what cannot be imported: ")


def test_two_entry_points(site: Path) -> None:
    said = left_out(site, LAYER, "one = odd_layers\ntwo = odd_layers")
    assert said == "it has 2 entry points in the group symparams.extensions; one is expected"


def test_metadata_that_cannot_be_read(site: Path) -> None:
    install(site, "odd-layers", {"odd_layers.py": LAYER})
    (site / "odd_layers-1.0.dist-info" / "entry_points.txt").write_text("[symparams.extensions]\nodd", "utf-8")
    out, told = out_of("layers")
    assert "\nconv(" in out
    assert told.startswith("symparams: the entry points of what is installed cannot be read: ")
    assert out_of("layers") == (out, "")


def test_one_that_prints(site: Path) -> None:
    install(site, "odd-layers", {"odd_layers.py": f"print('hello')\n{LAYER}"})
    out, told = out_of("solve", "-e", "input(3) -> odd", "--format", "json")
    assert out.startswith("{")
    assert told == "hello\n"


def test_two_with_one_name(site: Path) -> None:
    install(site, "odd-layers", {"odd_layers.py": LAYER})
    install(site, "odder-layers", {"odder_layers.py": LAYER})
    both = "the layer `odd` is provided by the extensions odd-layers and odder-layers; uninstall one of them"
    assert refused("solve", "-e", "input(3) -> odd") == both
    out, told = out_of("layers")
    assert "\nconv(" in out
    assert told == f"symparams: {both}\n"
    assert out_of("extensions")[0] == f"odd-layers 1.0\n  layer: odd\nodder-layers 1.0\n  layer: odd\n{both}\n"
    assert out_of("solve", "-e", KNOWN)[1] == ""


TENSOR = 'tensor(x.convention, "shift", outputs=(n,))'
WRONG = {
    "tensors": (
        "tensors", "written=2 * n, tensors", "its tensors have 3 numbers, but its rule for the parameters gives 6",
    ),
    "a kind of tensor": (
        "(n,)", '(n,), kind="shift"',
        "the tensor `shift` is of the kind `shift`; the choices are weight, bias and statistic",
    ),
    "a role": (
        TENSOR, 'Tensor("shift", (TensorAxis(n, "outer"),), Stored("shift", (n,)))',
        (
            "the tensor `shift` has an axis of the role `outer`; the choices are copy, part, kernel, input, state and "
            "output"
        ),
    ),
    "a stored shape": (
        "(n,)", "(n,), shape=(n, n)", "the tensor `shift` has 3 numbers, but is stored as 9",
    ),
    "no tensor": (TENSOR, "n", "the tensors of rules() have Symbol among them"),
    "rules": ("return Rules(", "return dict(", "rules() gives dict, not Rules"),
    "an axis": ("output=x.kept()", "output=x.shape", "the output of rules() has something other than axes"),
    "a sentence": ('because="each has a number"', "because=3", "a sentence of rules() is not text"),
    "a relation": (
        "tensors=", 'requires=(Requirement(n, "<", n, str),), tensors=',
        "rules() requires the relation `<`; the choices are >= and multiple",
    ),
    "work": (
        "\nextension", "    def work(self, out, *arriving):\n        return 3\n\nextension",
        "work() gives something other than what Layer.work says",
    ),
    "cache": (
        "\nextension", "    def cache(self, out, *arriving):\n        return 3\n\nextension",
        "cache() gives something other than what Layer.cache says",
    ),
    "reach": (
        "\nextension", "    def reach(self, *arriving):\n        return (3,)\n\nextension",
        "reach() gives something other than what Layer.reach says",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_layer_that_lies(site: Path, what: str) -> None:
    old, new, told = WRONG[what]
    assert old in LAYER
    install(site, "odd-layers", {"odd_layers.py": LAYER.replace(old, new)})
    install_gates(site)
    said = f"odd_1: the extension odd-layers 1.0: {told}"
    place = f"<command line>:1:13: {said}\n    input(3) -> odd\n                ^"
    assert refused("solve", "-e", "input(3) -> odd") == place
    assert refused("layers", "odd").startswith(f"example:1:13: {said}\n")
    out, warned = out_of("layers")
    assert "\ngatedmemory(" in out
    assert warned == f"symparams: {said}\n"
    assert out_of("layers") == (out, "")
    assert out_of("solve", "-e", KNOWN)[1] == ""


FAILING = {
    "rules": "    def rules(self, *arriving):\n        return 1 / 0\n",
    "work": "    def work(self, out, *arriving):\n        return 1 / 0\n",
    "reach": "    def reach(self, *arriving):\n        return 1 / 0\n",
    "cache": "    def cache(self, out, *arriving):\n        return 1 / 0\n",
}


@pytest.mark.parametrize("what", FAILING)
def test_a_layer_that_fails(site: Path, what: str) -> None:
    install(site, "odd-layers", {"odd_layers.py": LAYER.replace("\nextension", f"{FAILING[what]}\nextension")})
    said = f"the extension odd-layers 1.0 failed in Odd.{what}: ZeroDivisionError: division by zero"
    assert said in refused("solve", "-e", "input(3) -> odd")
    if what in ("rules", "work"):
        assert said in refused("solve", "-e", "input(4, 3) -> timedistributed(odd)", "--quantity", "macs")
    with pytest.raises(sp.SymparamsError) as error:
        sp.parse("input(3) -> odd")
    assert error.value.matter == f"odd_1: {said}"
    out, warned = out_of("layers")
    assert "\nconv(" in out
    assert warned == f"symparams: odd_1: {said}\n"


def test_with_letters(site: Path) -> None:
    install(site, "odd-layers", {"odd_layers.py": LAYER.replace("tensors", "written=2 * n**2, tensors")})
    said = "the extension odd-layers 1.0: its tensors have n numbers, but its rule for the parameters gives 2n²"
    assert said in refused("solve", "-e", "input(n) -> odd")


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ("return 1 / 0", "failed in odd_mistake: ZeroDivisionError: division by zero"),
        ("yield 1 / 0", "failed in odd_mistake: ZeroDivisionError: division by zero"),
        ("yield 'x'", ": the edit of `odd mistake` gives something other than formulas"),
    ],
)
def test_a_mistake_that_fails(site: Path, edit: str, told: str) -> None:
    install(site, "odd-layers", {"odd_layers.py": LAYER.partition("\nextension")[0] + MISTAKE.format(edit)})
    arguments = ("diagnose", "-e", "input(3) -> odd", "--layer", "odd_1", "--answer", "9", "--format", "text")
    out, warned = out_of(*arguments)
    assert "3, not 9." in out
    assert warned == f"symparams: the extension odd-layers 1.0{told if told[0] == ':' else f' {told}'}\n"
    assert out_of(*arguments) == (out, "")


@pytest.mark.parametrize(
    ("parts", "arguments", "told"),
    [
        (
            ("lambda node, settings: 1 / 0", "yield", '""'),
            ("solve", "-e", KNOWN, "--quantity", "odd"),
            "the extension odd-layers 1.0 failed in <lambda>: ZeroDivisionError: division by zero",
        ),
        (
            ("lambda node, settings: 'x'", "yield", '""'),
            ("solve", "-e", KNOWN, "--quantity", "odd"),
            "rule of the quantity `odd` gives str, not Formula",
        ),
        (
            ("print", "yield 1 / 0", '""'),
            ("exam", "-e", KNOWN, "--kinds", "odd"),
            "the extension odd-layers 1.0 failed in plans: ZeroDivisionError: division by zero",
        ),
        (
            ("print", "yield 3", '""'),
            ("exam", "-e", KNOWN, "--kinds", "odd"),
            "the kind of question odd makes plans under another name",
        ),
        (
            ("print", "yield", "1 / 0"),
            ("exam", "-e", KNOWN, "--kinds", "params", "--format", "odd"),
            "the extension odd-layers 1.0 failed in Odds.head: ZeroDivisionError: division by zero",
        ),
        (
            ("print", "yield", "3"),
            ("exam", "-e", KNOWN, "--kinds", "params", "--format", "odd"),
            "the format odd makes something other than text",
        ),
    ],
)
def test_what_else_fails(site: Path, parts: tuple[str, str, str], arguments: tuple[str, ...], told: str) -> None:
    install(site, "odd-layers", {"odd_layers.py": LAYER.partition("\nextension")[0] + OTHERS.format(*parts)})
    assert refused(*arguments) == told
    assert out_of("solve", "-e", KNOWN)[1] == ""


def test_in_python_it_is_a_warning(site: Path) -> None:
    install(site, "odd-layers", {"odd_layers.py": "import no_such_package"})
    told = r"^the extension odd-layers 1\.0 is left out: odd_layers cannot be imported"
    with pytest.warns(ExtensionWarning, match=told), pytest.raises(sp.SymparamsError, match="unknown layer"):
        sp.parse("input(3) -> odd")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sp.parse(KNOWN).params == 8


def test_an_error_of_the_program_is_not_blamed_on_it(gates: Path) -> None:
    net = sp.parse("input(10, 16) -> gmem(32)")
    with pytest.raises(KeyError, match="there is no layer `gmem`"):
        net["gmem"]
