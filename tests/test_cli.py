"""The command line: what it prints, what it refuses, and that nothing half-written stays."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from symparams.commands.main import run as command_line
from tests.conftest import EXAMPLES

ROOT = EXAMPLES.parent
NETWORK = "input(28, 28, 1) -> conv(32, 3, relu) -> flatten -> dense(10)"


def run(*arguments: str | Path, given: str = "") -> tuple[int, str, str]:
    """Status, output and errors of the command, run in this process: starting one takes longer than most commands."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), "utf-8") for name in ("stdin", "stdout", "stderr")}
    streams["stdin"].buffer.write(given.encode())
    streams["stdin"].buffer.seek(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr(sys, "argv", ["symparams"])
        for name, stream in streams.items():
            patch.setattr(sys, name, stream)
        with pytest.raises(SystemExit) as ended:
            command_line([*map(str, arguments)])
    out, error = (_text(streams[name]) for name in ("stdout", "stderr"))
    assert isinstance(ended.value.code, int)
    return ended.value.code, out, error


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


def process(*arguments: str | Path, given: str = "") -> tuple[int, str, str]:
    """The same as a program of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "symparams", *map(str, arguments)]
    done = subprocess.run(command, input=given.encode(), capture_output=True, cwd=ROOT, env=environment, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def refused(*arguments: str | Path, given: str = "") -> str:
    status, out, error = run(*arguments, given=given)
    assert (status, out) == (2, "")
    assert "Traceback" not in error
    return error.rstrip("\n")


def test_solve_reads_files_standard_input_and_arguments() -> None:
    by_argument = process("solve", "-e", NETWORK)
    assert by_argument == process("solve", "-", given=NETWORK) == run("solve", "-", given=NETWORK)
    wrong = process("solve", "-e", "input(3) -> convv")
    assert wrong == run("solve", "-e", "input(3) -> convv")
    assert wrong[0] == 2
    assert by_argument[0] == 0
    assert by_argument[1].startswith("# The network: step by step\n")
    status, out, _ = run("solve", "examples/mnist-63.arch", "examples/lenet5.arch", "--style", "table")
    assert status == 0
    assert out.count("\n# ") + 1 == 2


def test_layers_and_quantities_can_be_chosen() -> None:
    _, out, _ = run("solve", "-e", NETWORK, "--layer", "conv_1", "--quantity", "params", "--format", "text")
    assert out.startswith("320 = 32(3·3 + 1).")
    assert "dense_1" not in out
    assert "H_out" not in out
    _, out, _ = run("solve", "-e", NETWORK, "--layer", "conv_1", "--quantity", "shape", "--format", "json")
    found = json.loads(out)
    assert [layer["name"] for layer in found["layers"]] == ["conv_1"]
    assert {d["quantity"] for d in found["derivations"]} == {"shape"}


def test_values_can_be_set() -> None:
    _, out, _ = run(
        "summary", "examples/lenet5-letters.arch", "--set", "H=32", "--set", "W=32", "--set", "C=1", "--set", "k=5"
    )
    assert "61,706" in out
    _, out, _ = run("summary", "-e", "let k = 3 input(k)", "--set", "k=2*n", "--format", "json")
    assert json.loads(out)["layers"][0]["output_shape"] == ["2*n"]


def test_summary_is_json_with_integers_and_expressions() -> None:
    _, out, _ = run("summary", "-e", "input(28, 28, C) -> conv(32, 3) -> bn", "--format", "json")
    assert json.loads(out) == {
        "model": "",
        "convention": "keras",
        "layers": [
            _layer("input_1", "input", [], [28, 28, "C"], 0, 0, 0, 0, 0),
            _layer("conv_1", "conv", ["input_1"], [26, 26, 32], "288*C", 32, "288*C + 32", "288*C + 32", 0)
            | {"tensors": [_tensor("kernel", [3, 3, "C", 32]), _tensor("bias", [32], "bias")]},
            _layer("bn_1", "bn", ["conv_1"], [26, 26, 32], 96, 32, 128, 64, 64)
            | {
                "statistics": 64,
                "tensors": [
                    _tensor("gamma", [32]),
                    _tensor("beta", [32], "bias"),
                    _tensor("moving_mean", [32], "statistic"),
                    _tensor("moving_variance", [32], "statistic"),
                ],
            },
        ],
        "params": "288*C + 160",
        "trainable": "288*C + 96",
        "non_trainable": 64,
        "conditions": [],
        "letters": {"C": None},
    }


def test_json_has_the_range_in_which_the_formulas_hold() -> None:
    text = "input(H, 16, C) -> conv(C, 5, groups=g) -> [conv(C/2^i, 3, same) for i in 1..n]"
    _, out, _ = run("summary", "-e", text, "--format", "json")
    copies = [{"letter": "i", "first": "1", "last": "n", "count": "n"}]
    assert json.loads(out)["conditions"] == [
        {"left": "H", "relation": ">=", "right": "5"},
        {"left": "g", "relation": "divides", "right": "C"},
        {"left": "2^i", "relation": "divides", "right": "C", "copies": copies},
    ]


def test_json_has_how_tensors_are_stored() -> None:
    """Buffers are no parameters, what is frozen is not trained, and a tensor that stands there often is listed once."""
    layers_behind = "flatten(2, 3) -> permute(2, 1) -> transformerencoder(encoderlayer(2, 8), 3)"
    text = f"convention torch input(4, 8, 8) -> bn(frozen) -> {layers_behind}"
    _, out, _ = run("summary", "-e", text, "--format", "json")
    layers = {layer["kind"]: layer for layer in json.loads(out)["layers"]}
    weight, *_, mean, _, batches = layers["bn"]["tensors"]
    assert weight == {"name": "weight", "shape": [4], "kind": "weight", "trained": False, "parameter": True}
    assert mean == {"name": "running_mean", "shape": [4], "kind": "statistic", "trained": False, "parameter": False}
    assert batches["shape"] == []
    packed, *_ = layers["transformer"]["tensors"]
    assert packed["name"] == "layers.*.self_attn.in_proj_weight"
    assert (packed["shape"], packed["count"]) == ([12, 4], 3)


def _tensor(name: str, shape: list[object], kind: str = "weight") -> dict[str, object]:
    return {"name": name, "shape": shape, "kind": kind, "trained": kind != "statistic", "parameter": True}


def _layer(name: str, kind: str, inputs: list[str], shape: list[object], *counts: object) -> dict[str, object]:
    fields = ("weights", "biases", "params", "trainable", "non_trainable")
    return {
        "name": name,
        "kind": kind,
        "inputs": inputs,
        "output_shape": shape,
        **dict(zip(fields, counts, strict=True)),
    }


def test_digits() -> None:
    assert "18 207" in run("summary", "examples/mnist-63.arch", "--digits", "space")[1].replace("\u202f", " ")
    assert "18207" in run("summary", "examples/mnist-63.arch", "--digits", "none")[1]


def test_standalone_latex_of_several_files() -> None:
    _, out, _ = run(
        "solve",
        "examples/mnist-63.arch",
        "examples/lenet5.arch",
        "--style",
        "textbook",
        "--format",
        "latex",
        "--standalone",
    )
    assert out.count(r"\section{") == 2
    assert out.startswith(r"\documentclass")
    labels = re.findall(r"\\label\{(.*?)\}", out)
    assert len(labels) == len(set(labels)) > 4
    twice = run("solve", *["examples/mnist-63.arch"] * 2, "--style", "textbook", "--format", "latex")[1]
    assert len(set(re.findall(r"\\label\{(.*?)\}", twice))) == twice.count(r"\label{")


def test_catalogue_of_one_layer() -> None:
    status, out, _ = run("layers", "Conv2D")
    assert status == 0
    assert out.startswith("conv(filters, kernel, stride=1")
    assert "(3·3·1 + 1)·32 = 320" in out
    assert refused("layers", "convv") == "unknown layer `convv`; did you mean `conv`?"


def test_output_is_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out.md"
    assert run("solve", "-e", NETWORK, "-o", target)[0] == 0
    assert target.read_text("utf-8") == run("solve", "-e", NETWORK)[1]
    target.write_text("before")
    refused("solve", "-e", "input(3) -> convv", "-o", target)
    assert target.read_text() == "before"
    assert refused("solve", "-e", NETWORK, "-o", tmp_path / "no" / "out.md").startswith("cannot write")
    assert refused("solve", "-e", NETWORK, "-o", tmp_path).startswith("cannot write")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.md"]


def test_errors_of_the_command_line(tmp_path: Path) -> None:
    latin = tmp_path / "latin.arch"
    latin.write_bytes(b"# caf\xe9\ninput(3)")
    assert refused("solve").startswith("give a FILE, - for standard input, or -e SOURCE")
    assert refused("solve", tmp_path / "no.arch") == f"cannot read {tmp_path / 'no.arch'}: No such file or directory"
    assert refused("solve", tmp_path) == f"cannot read {tmp_path}: Is a directory"
    assert refused("solve", latin) == f"{latin}:1: this is not UTF-8 text"
    assert refused("solve", "-e", "input(H)", "--set", "W=3") == "there is no symbol `W` to set; the network has H"
    assert refused("solve", "-e", "input(H)", "--set", "H") == "--set takes NAME=VALUE, not H"
    assert refused("solve", "-e", "input(H)", "--set", "H=3+").splitlines()[0].startswith("--set H:1:3: ")
    assert refused("solve", "-e", NETWORK, "--layer", "conv_2") == "there is no layer `conv_2`; did you mean `conv_1`?"
    assert refused("solve", "-e", NETWORK, "--standalone").startswith("--standalone goes with --format latex")
    assert "is not one of" in refused("solve", "-e", NETWORK, "--style", "poem")


def test_own_templates(tmp_path: Path) -> None:
    template = tmp_path / "mine.j2"
    template.write_text("{{ s.title }}: {% for e in s.layers %}{{ e.name }}={{ number(e.counts.params) }} {% endfor %}")
    _, out, _ = run("solve", "examples/mnist-63.arch", "--template", template)
    assert out.startswith("MNIST with 63 filters: input_1=0 conv_1=320 conv_2=18,207 ")
    template.write_text("<< s.title >> \\textbf{<% for e in s.layers %>{<< e.name|named >>}<% endfor %>}")
    _, out, _ = run("solve", "-e", 'model "t" input(3)', "--template", template, "--format", "latex")
    assert out == r"t \textbf{{\texttt{input\_1}}}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ wrong }}", "'wrong' is undefined; the names a template can use are "),
        ("{% for x in %}", "mine.j2:1:"),
        ("{{ s.__class__.__mro__ }}", "a template may not do this"),
        ("{{ s.network.index.__globals__ }}", "a template may not do this"),
        ("{{ 1/0 }}", "division by zero"),
        ("{% for i in range(10**9) %}{% endfor %}", "Range too big"),
        ("{% include 'x' %}", "mine.j2:1:1: a template of your own must stand alone: it cannot use another one"),
    ],
)
def test_own_templates_that_are_wrong(text: str, message: str, tmp_path: Path) -> None:
    template = tmp_path / "mine.j2"
    template.write_text(text)
    assert message in refused("solve", "-e", NETWORK, "--template", template)


def test_a_reader_that_has_seen_enough() -> None:
    command = f"{sys.executable} -m symparams solve examples/resnet50.arch | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, cwd=ROOT, check=False)
    assert done.stdout.decode() == "# ResNet-50: step by step\n"
    assert done.stderr == b""
