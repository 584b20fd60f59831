"""What the program says about small networks: the documents of its commands, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import click

from symparams import calls
from symparams.api import parse
from symparams.checking.check import Alone, Check, Pair
from symparams.checking.difference import Difference
from symparams.checking.measured import Measured
from symparams.commands.main import main
from symparams.documents.check_document import render_check
from symparams.documents.formats import FORMATS
from symparams.documents.layer_description import SettingEntry, described
from symparams.documents.rendering import STYLES, Document, environment
from symparams.errors import Source, SymparamsError
from symparams.exam_questions import exam
from symparams.exams.kinds import KINDS
from symparams.exports import answer_sheets
from symparams.grading.marks import graded
from symparams.grading.student_report import student_report
from symparams.sources.language import network
from tests.grading.classes import bank_text
from tests.phrasebook.variants import LAYERS, changed
from tests.reading.misread import MISREAD
from tests.reading.posted import POSTED
from tests.reading.questions import ASIDE, QUESTIONS
from tests.test_cli import run

_CNN = "input(28,28,1) -> conv(32,3,relu) -> bn -> conv(63,3) -> maxpool(2) -> flatten -> dropout(0.5) -> dense(10)"
_LETTERS = "where H % 4 == 0 input(H,W,C) -> conv(F,k,same) -> prelu -> maxpool(2) -> conv(F,3,bias=no)"
_TEXT = "input(128) -> embedding(1000,64) -> [encoderlayer(4,256)] * L -> lstm(32) -> dense(2,frozen)"
_GROWING = "input(n,n,1) -> [conv(8*2^i,3,same) -> maxpool(2) for i in 0..L] -> globalavgpool -> dense(10)"
_DECODER = "input(T) -> embedding(V,d) as e -> [attention(h,causal) -> ln] * 2 -> tied(@e)"
_SHARED = "convention torch input(3,32,32) -> conv(8,3) as a -> upsample(2) -> conv(8,1) as b -> share(@b) -> lrn(5)"
_FEW = "convention torch input(3,32,32) -> lora(conv(1,3),8) -> bn -> [conv(1,3)] * N -> relu -> lora(conv(8,1),2)"
_ROUNDED = "input(9,9,1) -> conv(8,4,s=3) -> flatten -> dense(10)"
_POOLED = "input(28,28,1) -> conv(8,3) -> maxpool(2) -> conv(16,3) -> flatten -> dense(10)"
_GIVEN = "input(28,28,1) -> normalization -> lora(conv(8,3),2) -> conv(1,3,bias=no)"
_NOTHING = "input(28,28,1) -> relu -> { param(28,28,1) | id } -> add"
_NETWORKS = (_CNN, _LETTERS, _TEXT, _GROWING, _DECODER, _SHARED, _FEW, _GIVEN, _NOTHING, "input(8) -> relu")
_DRAWN = "range F in 8..64 step 8 range k in 3, 5 input(32,32,3) -> conv(F,k,same) -> bn -> conv(16,3) -> dense(F)"
_TALL = "input(16,16,8) -> [conv(8,3,same) -> bn -> relu] * 12 -> conv(4,1) -> globalavgpool -> dense(3)"
_SHOWING = (
    (_TALL, "--kinds", "total"),
    (_TALL, "--kinds", "field:number", "--layers", "conv_9"),
    (
        "range n in 3..5 input(16,16,3) -> [conv(2*i,3,same) -> relu for i in 1..n] -> [dense(4)] * n",
        "--kinds",
        "total",
    ),
    ("range F in 4..8 input(8,8,1) -> conv(F,3) -> flatten -> dense(2,frozen)", "--kinds", "compare"),
    ("range F in 4..8 range k in 2..3 input(8,8,1) -> conv(F,k) -> flatten -> dense(2)", "--kinds", "compare"),
    ("input(20) -> embedding(50,8) as e -> attention(2,memory=@e) -> tied(@e)", "--kinds", "total"),
    ("input(9) -> { dense(4) as a | param(4) } -> add -> relu as r -> dense(9) -> share(@a)", "--kinds", "total"),
    (
        "convention torch input(9) as a input(9) as b { @a | @b } -> add -> dense(4)",
        "--kinds",
        "blank",
        "--show",
        "torch",
    ),
    ("convention torch input(9) -> dense(4) -> dense(2)", "--kinds", "total", "--show", "torch"),
    ("input(9) -> dense(4) -> dense(2)", "--kinds", "total", "--show", "keras"),
    ("input(9) -> dense(4) -> dense(2)", "--kinds", "blank", "--show", "language"),
    ("input(8,8,4) -> ln(axis=(1,2)) -> normalization(axis=1) -> param(1,8,4,prepend,axis=1)", "--kinds", "total"),
    ("convention torch input(4,8,8) -> ln(trailing=2) -> conv(2,1)", "--kinds", "total"),
)
_STATED = (
    "input(9,9,9,3) -> conv(4,3)",
    "input(10,32) -> lstm(8) -> dense(4)",
    "input(6,10,10,2) -> timedistributed(conv(3,3))",
    "input(12) -> embedding(50,8) -> attention(2) -> ln -> lstm(8,sequences)",
    "input(30,30,30,3) -> conv(4,3) -> conv(4,3,groups=2) -> bn -> maxpool(2)",
    "input(9,9,3) -> conv(4,3,same) -> conv(4,3)",
    "input(64,3) -> conv(4,3,same) -> prelu -> conv(6,5) -> bn",
)
_BANK = "tests/data/banks/formulas"

_COMPARED = (
    ("input(8,8,C) -> [conv(C,3,same)] * 3", "input(8,8,C) -> conv(C,7,same)"),
    (_LETTERS, "input(H,W,C) -> conv(F,7)"),
    (_CNN, "input(8) -> dense(4)"),
    ("input(T,D) -> lstm(U)", "input(T,D) -> gru(U)"),
    ("input(8) -> dense(4)", "input(8) -> dense(4)"),
    ("input(C) -> dense(4)", "input(C) -> dense(4)"),
    ("input(C) -> dense(100)", "input(C) -> dense(C)"),
    ("input(3) -> dense(2)", "input(3) -> relu"),
    ("input(3) -> relu", "input(C) -> dense(2)"),
    ("input(3) -> [dense(3)] * 2", "input(3) -> dense(3)"),
    ("convention torch input(3,9,9) -> conv(4,3)", "input(H,W,3) -> conv(4,3)"),
    ("input(C) -> dense(C)", "input(C) -> dense(C // 2 * 2)"),
    ("input(H,W,1) -> maxpool(2) -> flatten -> dense(1)", "input(1) -> dense(1)"),
    ("input(1) -> dense(C^2+F^2,bias=no)", "input(1) -> dense(2*C*F,bias=no)"),
    ("input(8)" + " -> dense(8)" * 4 + " -> dense(1)", "input(8) -> dense(1)"),
    ("input(8) -> " + " -> ".join(f"dense({n})" for n in range(7, 0, -1)), "input(8) -> dense(1)"),
    ("input(1) -> dense(1) -> dense(1)", "input(1) -> dense(1)"),
    ("input(14,14,32) -> separable(64,3,same,bias=no)", "input(14,14,32) -> conv(64,3,same,bias=no)"),
)
_FLAT = "input(9,9,1) -> conv(4,3) -> maxpool(2) -> flatten -> dense(2)"
_CHECKED = (  # two texts that agree; that differ in one layer, in several, in the total that is printed
    (_FLAT, _FLAT),
    ("input(9) -> dense(4)", "input(9) -> dense(4)"),
    (f"{_FLAT} -> relu", _FLAT),
    (_FLAT, _FLAT.replace("conv(4,3)", "conv(4,3,same)")),
    (_FLAT, _FLAT.replace("dense(2)", "dense(2,bias=no)")),
    (_FLAT, _FLAT.replace("dense(2)", "dense(2,frozen)")),
    (_FLAT, _FLAT.replace(" -> maxpool(2)", "")),
    (_FLAT, f"{_FLAT} -> dense(3)"),
    (_FLAT, _FLAT.replace("dense(2)", "lora(dense(2),1)")),
    ("input(9,9,1) -> conv(4,1x9,same)", "input(9,9,1) -> conv(4,3,same)"),
    (
        "input(4) -> dense(3)",
        """Layer (type)                 Output Shape              Param #
=================================================================
dense_1 (Dense)              (None, 3)                 15
=================================================================
Total params: 16
""",
    ),
)


def _built() -> Check:
    """A layer that a framework refuses, and one that it does not have."""
    layers = [Measured(name, "Dense layer", (3,), 15, 0, None) for name in ("dense_1", "dense_2")]
    refused = Difference("built", layers[0], None, refusal="ValueError: Invalid dtype")
    pairs = (Pair(layers[0], None, refused),)
    return Check(("net.py", "Keras 3"), "Keras", pairs, (Alone(layers[1], 0),))


_TWO = "input(28,28,1) -> conv(32,5) -> conv(64,k)"
_PAIR = "input(9,9,a) -> conv(a,3) -> conv(b,5)"
_RANGE = "range k in 1..4 input(9,9,1) -> conv(4,k)"
_SOUGHT = (
    *((_TWO, f"--layer conv_2 --target {t}") for t in ("params=51264", "params=51265", "params<=100000", "params>=9")),
    *((_PAIR, f"--unknown a --unknown b --target params{t}") for t in ("=120", "<=1000", "=0", "=10^30")),
    ("input(a) -> dense(b)", "--unknown a --unknown b --target params<=40"),
    ("input(H,8,1) -> conv(4,3)", "--target params=40"),
    ("input(H,8,1) -> conv(4,3)", "--target params=41"),
    (_RANGE, "--target params=104"),
    (_RANGE, "--target params<=104"),
    ("input(9,9,1) -> conv(F,3) -> conv(64,k)", "--layer conv_1 --unknown F --unknown k --target params=640"),
    ("input(30,30,12) -> conv(24,3,g=n)", "--target params<=500"),
    ("input(H,H,1) -> maxpool(2) -> flatten -> dense(10)", "--target params=50"),
    ("input(1) -> dense(min(n,5))", "--target params=10"),
    ("input(1) -> dense(n + n // 2)", "--target params=12"),
    ("input(64) -> dense(n^n + n % 7)", "--target params<=260"),
    ("input(99,99,4) -> [conv(4,n) -> maxpool(2)] * n", "--unknown n --target params<=9460"),
)
_MARKED = (  # answers that cannot be read, fit no mistake, are right as far as they go, are empty; none
    "student,1,2\nAda,28,large\nBob,7;7,\n",
    "student,1,2\nAda,28,large\nBob,28,large\nCy,7;7,8;8\nDi,,\n",
    "student,1,2\nAda,,\n",
    # Both sides of an equation, a rounded number, one of two readings; questions that tell nobody apart.
    "student,1,2\nAda,28; 224,577; 9k\nBob,28; 2.240,577; 9.232\nCy,28 = 27; 1,577; 9232\nDi,1; 1,577; 9232\n",
)
_REPORTED = "student,1,2\nAda,28; 224,\nBob,28; 216,577; 7.770\nCy,large; 7,577\nDi,28 (b) 224,577; 9k\n"


_PASTED = (  # two models and damaged quotes; a row and a total that contradict the rest
    (
        "a = Sequential([Dense(3, input_shape=(4,), activation=\u2019relu\u2019)])\n"
        "b = Sequential([Dense(2, input_shape=(4,))])"
    ),
    (  # what a program leaves open
        "%matplotlib inline\nmodel = Sequential([hub.KerasLayer(url, input_shape=(8, 8, 3)), Dense(5)])\n"
        "for i in range(depth):\n    model.add(Dense(4))\n"
    ),
    """Layer (type)                 Output Shape              Param #
=================================================================
conv2d_1 (Conv2D)            (None, 35, 35, 25)        700
conv2d_2 (Conv2D)            (None, 33, 33, 45)        450
flatten_1 (Flatten)          (None, 49005)             0
dense_1 (Dense)              (None, 8)                 392048
=================================================================
Total params: 402,919
""",
    """----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1           [-1, 16, 30, 30]             448
         MaxPool2d-2           [-1, 16, 15, 15]               0
            Linear-3                   [-1, 10]          36,010
================================================================
Total params: 34,658
""",
    "conv1.weight torch.Size([16, 1, 5, 5])\nconv1.bias torch.Size([16])\n",  # a list of weights
)


class Said(NamedTuple):
    """A part of the page: what was called, and what it printed."""

    title: str
    calls: tuple[tuple[str, ...], ...]
    is_markdown: bool = False  # whether what it prints is Markdown already
    given: str = ""  # on the standard input
    printed: str = ""  # what is said where a command needs a framework


def documents() -> list[Said]:
    """The commands on small networks, by what they make."""
    whole = ("--format", "text")
    solved = [
        Said(
            f"`solve --style {style}`",
            tuple(
                ("solve", "-e", one, "--style", style, *quantity, *whole)
                for one in _NETWORKS
                for quantity in ((), ("--quantity", "all"), _EVERY)
            ),
        )
        for style in STYLES
    ]
    answered = Said("`solve --layer`", tuple(_of_layers()))
    return [
        *solved,
        answered,
        Said("`solve --quantity`", tuple(("solve", "-e", *call, *whole) for call in _QUANTITIES)),
        Said(
            "`solve` with more than 500 layers",
            tuple(("solve", "-e", one, "--style", "formula", *_EVERY, *whole) for one in _REPEATING),
        ),
        Said("`solve --by`", (("solve", "-e", _MACROS, "--by", "macro", *whole),)),
        Said("tables", (("solve", "-e", _CNN, "--style", "textbook"),), is_markdown=True),
        *_others(),
    ]


def _of_layers() -> Iterator[tuple[str, ...]]:
    """Each layer of the catalogue asked for by its name, in its example, and a few more."""
    for one, name in _ASKED:
        yield "solve", "-e", one, "--layer", name, "--quantity", "all", "--format", "text"
    for kind in LAYERS:
        nodes = network(Source("example", kind.example)).nodes
        names = [node.name for node in nodes if isinstance(node.layer, kind)]
        yield "solve", "-e", kind.example, "--layer", names[-1], "--quantity", "all", "--format", "text"


_ASKED = (
    ("input(9,9,1) -> conv(4,3) -> relu -> conv(4,3)", "conv_2"),
    ("input(9,9,1) -> conv(4,3,dilation=2) -> conv(4,3,frozen)", "conv_2"),
    ("input(H,W,C) -> [conv(C,3,same)] * N", "conv_1"),
    ("input(8) -> dense(8) as a -> share(@a)", "dense_1"),
)
_PADDED = "input(28,15,1) -> conv(4,3,same,s=2) -> conv(4,1x3,same,s=2) -> conv(4,1)"
_SQUARE = "input(28,28,1) -> conv(4,3,same)"
_JOINED = "input(9,9,5) -> { conv(4,k,same) -> conv(4,k,same) | conv(4,1) } -> add -> relu"
_UP = "input(9,9,4) -> tconv(8,{},s=2)"
_QUANTITIES = (  # sizes of padding and of receptive fields, with what is said only of some of them
    *((_PADDED, "--layer", layer, "--quantity", "padding") for layer in ("conv_1", "conv_3")),
    (_PADDED, "--layer", "conv_3", "--quantity", "padding", "--style", "steps"),
    (_SQUARE, "--quantity", "padding"),
    (_SQUARE, "--layer", "conv_1", "--quantity", "weights"),
    *((_JOINED, "--layer", layer, "--quantity", "field") for layer in ("add_1", "relu_1")),
    ("input(9,64) -> attention(4)", "--total", "--quantity", "cache"),
    ("input(28,28,1) -> conv(4,1x3) -> conv(4,1)", "--layer", "conv_2", "--quantity", "field"),
    *((_UP.format(k), "--quantity", "field") for k in ("3", "k")),
    ("input(8,8,3) -> conv(4,1) -> { conv(4,3,same) | id } -> add -> relu -> conv(5,1)", "--layer", "conv_3"),
)
_MACROS = "def b(d) = dense(d) -> relu -> dense(8) input(8) -> b(4) -> b(5) -> dense(2)"
_REPEATING = (
    "input(9,9,3) -> [conv(3,3,same) -> relu] * 260 -> globalavgpool -> dense(4)",
    "input(5,8) -> [attention(2) -> ln] * 260",
    "input(9,9,3) -> [relu] * 510",
    "input(9,8) -> dense(8) as a -> [share(@a)] * 510",
    "input(9,8) -> { param(9,8) -> [relu] * 510 | id } -> add",
)
_EVERY = ("--quantity", "all", "--flops", "every-operation", "--optimizer", "adam")


def _others() -> Iterator[Said]:
    text = ("--format", "text")
    compared = [("compare", "-e", one, "-e", other, *text) for one, other in _COMPARED]
    styles = ((*one[:5], "--style", style, *text) for one in compared for style in ("answer", "steps"))
    macs = ((*one, "--quantity", "macs") for one in compared[-4:])
    yield Said("`compare`", (*styles, *macs, (*compared[0], "--set", "C=64")))
    yield Said(
        "`answer`",
        tuple(
            ("answer", "-e", one, *text)
            for one in (*_PASTED, *QUESTIONS.values(), *ASIDE.values(), *POSTED.values(), *MISREAD.values())
        ),
    )
    yield Said("`find`", tuple(("find", "-e", one, *asked.split(), *text) for one, asked in _SOUGHT))
    yield Said("`appendix`", (), printed=_appendix(), is_markdown=True)
    for one, other in _CHECKED:
        yield Said("`check`", (("check", "-e", one, "--against", "-", *text),), given=other)
    one, other = _CHECKED[0]
    called = calls.call("check", {"text": one, "against": other, "format": "text"})
    yield Said("`check` in a call", (), printed=called["result"]["text"])
    yield Said("`check --against keras`", (), printed=render_check(_built(), (), Document("check", "text")))
    answered = (("diagnose", *one, "--style", style, *text) for style in STYLES for one in _answers())
    yield Said("`diagnose`", tuple(answered))
    papers = ("exam", "-e", _DRAWN, "--format", "latex", "--variants", "2", "--fade", "2")
    chosen = (*papers[:5], "--kinds", "params:choice,shape:choice", "--penalty")
    sheet = ("exam", "-e", _DRAWN, "--kinds", "params:choice", "--questions", "1", "--penalty", "1/4")
    yield Said("papers", (papers, (*chosen, "0"), (*chosen, "1"), sheet), is_markdown=True)
    yield Said("`grade`", (("grade", f"{_BANK}.json", "--answers", f"{_BANK}.answers.csv"),))
    for table in _MARKED:
        yield Said("`grade`", (("grade", "tests/data/banks/blanks.json", "--answers", "-"),), given=table)
    yield Said("`grade --reports`", (), printed=_reports(), is_markdown=True)
    yield Said("answer sheets", (), printed=_sheets(), is_markdown=True)
    kinds = ",".join(KINDS)
    cached = ("exam", "-e", "input(16) -> embedding(50,8) -> attention(2,causal)", "--kinds", "cache")
    yield Said("`exam --kinds cache`", ((*cached, "--questions", "2"),), is_markdown=True)
    lettered = ("exam", "-e", _TEXT, "--kinds", "formula", "--questions", "8", "--digits", "none")
    yield Said("`exam` in letters", (lettered,), is_markdown=True)
    yield Said("`exam --story`", (("exam", "-e", _DRAWN, "--story", "--digits", "none"),), is_markdown=True)
    shown = tuple(("exam", "-e", *one, "--questions", "1") for one in _SHOWING)
    yield Said("`exam --show`", shown, is_markdown=True)
    stated = tuple(
        ("exam", "-e", one, "--kinds", "truth", "--questions", "12" if "time" in one else "18") for one in _STATED
    )
    yield Said("`exam --kinds truth`", stated, is_markdown=True)
    yield Said("settings of layers in exams", (), printed="".join(f"{line}.\n\n" for line in _settings()))
    yield Said(
        "`exam`",
        tuple(
            ("exam", "-e", one, "--kinds", kinds, "--questions", "60", "--seed", seed, "--digits", "none")
            for one in (_DRAWN, _CNN, _TEXT.replace("* L", "* 2"), _SHARED)
            for seed in ("0", "1")
        ),
        is_markdown=True,
    )


def _settings() -> list[str]:
    """Every setting of every layer as a question tells it."""
    macros = environment(FORMATS["text"]).get_template("exam/network.j2").module
    told: dict[tuple[str, str, object], SettingEntry] = {}
    for kind in LAYERS:
        for layer, x in changed(kind):
            with suppress(SymparamsError, ValueError, IndexError):  # where the changed layer does not fit the input
                for entry in described(layer, x, {}).settings:
                    value = entry.value if isinstance(entry.value, (bool, str)) else None
                    told.setdefault((entry.kind, entry.name, value), entry)
    return list(dict.fromkeys(str(macros.setting(entry)).strip() for entry in told.values()))  # type: ignore[attr-defined]


_BOOK = (  # networks in which each kind of rule has its special cases
    "input(9,9,4) -> conv(4,3,s=2,groups=2) -> conv(4,3,p=1,bias=no) -> conv(4,1,dilation=2) -> flatten -> dense(90)",
    "range F in 4..9 input(H,W,4) -> conv(F,3) -> { conv(4,3) | conv(4,3) | conv(4,3) } -> concat -> dense(3,frozen)",
    "convention torch input(20,4) -> lstm(8,layers=2) -> lstm(8) -> dense(4,bias=no)",
    "input(20,8) -> { id | dense(4) } -> concat -> moe(4,2,8,shared=1) -> moe(4,2,8)",
    "convention torch input(3,13,13) -> conv(4,3) -> maxpool(2,s=3,ceil) -> { maxpool(2) | avgpool(2) } -> concat",
    "input(9,4) as m input(9,4) -> attention(2,memory=@m) -> attention(2)",
    "input(64,64,1) -> " + " -> ".join(["conv(4,3)"] * 20),
    "input(8) -> dense(1) -> relu",
    "input(20,4) -> conv(4,3)",
)


def _appendix() -> str:
    """The appendix of a few networks."""
    from symparams.appendices.request import Composed, Request  # which only this needs

    sources = tuple(Source(f"net{n}.arch", text) for n, text in enumerate(_BOOK))
    text = Composed(Request(sources, {}, exercises=12), [network(one) for one in sources]).text("markdown")
    text = re.sub(r"!\[([^\n]*?)\]\([\w/.]+\)(?: <!--[^>]*-->)?", r"\1", text)  # of a picture what is said of it
    return re.sub(r"<a id=[^>]*></a>|\*\*(?:\[?\d+\]?\S*?\.)?", "", text)  # without marks, and numbers of exercises


def _answers() -> list[tuple[str, ...]]:
    """Answers of every kind: right, explained by one mistake or two or none, in one layer or all along."""
    of_layer = [("conv_2", a) for a in ("18207", "630", "18144", "5", "28*F", "62", "28287", "18.2k", "18.20k")]
    shapes = [("conv_2", "--quantity", "shape", "--answer", a) for a in ("24x24x63", "26x26x63", "26x26x32", "7x7x7")]
    field = [("maxpool_1", "--quantity", "field", "--answer", a) for a in ("6", "9x9", "1")]
    totals = ["111045", "110982", "630", "222090"]
    return [
        *(("-e", _CNN, "--layer", layer, "--answer", answer) for layer, answer in of_layer),
        *(("-e", _CNN, "--layer", *rest) for rest in (*shapes, *field)),
        *(("-e", _CNN, "--total", "--answer", a) for a in totals),
        *(("-e", _CNN, "--total", "--quantity", "memory", "--answer", a) for a in ("0.444 MB", "434 KB", "1 MB")),
        ("-e", _LETTERS, "--layer", "conv_1", "--answer", "k^2*F"),
        ("-e", _LETTERS, "--layer", "conv_1", "--answer", "100"),
        ("-e", _TEXT, "--total", "--answer", "64000"),
        ("-e", _ROUNDED, "--layer", "dense_1", "--answer", "730"),
        ("-e", _ROUNDED, "--total", "--answer", "866"),
        ("-e", "input(10,32) -> lstm(64,sequences) -> lstm(64)", "--layer", "lstm_2", "--answer", "24832"),
        ("-e", _POOLED, "--layer", "dense_1", "--answer", "92170"),
        ("-e", "input(9,9,2) -> conv(1,1) -> conv(5,2)", "--layer", "conv_1", "--answer", "2"),
        ("-e", "input(8) -> [dense(8)] * N", "--layer", "dense_1", "--answer", "64N"),
        ("-e", "input(9,9,C) -> [conv(C,3,same)] * N", "--layer", "conv_1", "--quantity", "field", "--answer", "9"),
    ]


def sentences(said: Said) -> Iterator[str]:
    """The sentences of at least three words that the commands printed, without tables and formulas."""
    ran = [(call, run(*call, given=said.given)) for call in said.calls]
    for call, (status, out, error) in [*ran, ((), (0, said.printed, ""))]:
        assert status == 0 or (status == 1 and call[0] == "check"), (call, error)
        out = _without_commands(out) if "\\begin{document}" in out else out
        for paragraph in re.split(r"\n\s*\n", out):
            if "─" * 5 in paragraph or paragraph.startswith("| "):
                yield from (cell.strip() for cell in re.split(r"  +|\n|\|", paragraph) if _speaks(cell))
            elif not _SHOWN.match(paragraph):
                yield from _sentences(paragraph)


def _without_commands(latex: str) -> str:
    """The prose of a paper in LaTeX: neither its displays and tables nor its answers to choose from, nor commands."""
    _, _, body = latex.partition("\\begin{document}")
    prose = re.sub(
        r"\\begin\{(align\*|tabular|choices|parts|quote)\}.*?\\end\{\1\}|(?<!\\)%[^\n]*", "", body, flags=re.S
    )
    asked = re.sub(r"\\question\b(?:\[[^]]*\])?", "\n\n", prose)
    return re.sub(r"\\texttt\{([^}]*)\}|\\[a-z]+\*?(?:\[[^]]*\]|\{[^}]*\})*", r"\1", asked)


_UNDERLINE = re.compile(r"\n[=\-~]{3,}")
_SHOWN = re.compile(r"\s*[│┌|+─$`<]|    |-{3}|={3}")  # what begins a table, a formula, code or a line


def _sentences(paragraph: str) -> Iterator[str]:
    for item in re.split(r"\n\s*(?=[-*] |\d+\. )", _UNDERLINE.sub("", paragraph).strip()):
        for sentence in re.split(r"(?<=[.?]) (?=[A-Z])", " ".join(item.strip("-*# ").split())):
            if _speaks(sentence):
                yield sentence


def _speaks(text: str) -> bool:
    return len(re.findall(r"[^\W\d_]{2,}", text)) >= 3


def helps() -> Iterator[tuple[str, list[str]]]:
    """Each command, and what its help says of it and of its options."""
    group = click.Context(main, info_name="symparams")
    for name in ("", *main.list_commands(group)):
        command = main.get_command(group, name) if name else main
        assert command is not None
        told = [f"{'/'.join(p.opts)}: {p.help}" for p in command.params if isinstance(p, click.Option) and p.help]
        yield f"symparams {name}".strip(), [*(command.help or "").split("\n\n"), *told]


def _reports() -> str:
    """Reports for students with all outcomes."""
    bank = Source("bank.json", Path("tests/data/banks/blanks.json").read_text("utf-8"))
    marks = graded(bank, Source("answers.csv", _REPORTED))
    single = graded(Source("bank.json", bank_text()), Source("answers.csv", _TYPED))
    return "".join(student_report(one, student, "markdown") for one in (marks, single) for student in one.students)


_TYPED = "student,1,2,4\nAda,1.234,large,b\nBob,about 3,3x3,\n"


def _sheets() -> str:
    """Papers with sheets, whose codes need not be real."""
    code = mock.Mock(**{"make_qr.return_value.matrix": [[1]]})
    with mock.patch.object(answer_sheets, "_segno", return_value=code):
        made = exam(parse(_DRAWN), questions=20, names=["Ada; 4711"], sheets=True, kinds="params,params:choice")
        return made.to_latex()
