"""Code as it comes out of browsers, mails, terminals and word processors reads as it was."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

from symparams.errors import Source
from symparams.reading.python.mending import code_spans
from symparams.reading.python.program import read_python
from tests.reading.test_programs import check, net, program, reading

NAMES = ("keras_unet", "keras_textcnn", "torch_resnet", "torch_gru_attn")


def typographic(text: str) -> str:
    found, opens = "", True
    for sign in text:
        found += ("‘" if opens else "’") if sign == "'" else sign
        opens ^= sign == "'"
    return found


def lines(text: str, change: Callable[[int, str], str]) -> str:
    return "".join(change(i, line) + "\n" for i, line in enumerate(text.splitlines(), 1))


def console(text: str) -> str:
    return lines(text, lambda i, line: ("... " if line[:1] in (" ", ")", "]", "}") else ">>> ") + line)


def ipython(text: str) -> str:
    return "In [3]: " + lines(text, lambda i, line: line if i == 1 else f"   ...: {line}")


def margins(text: str, sign: str, width: int) -> str:
    """Every margin of so many blanks written with another sign."""
    return re.sub(f"^(?: {{{width}}})+", lambda m: sign * (len(m[0]) // width), text, flags=re.MULTILINE)


CLOSED = "brackets and commas that are missing put in"
LEFT_OUT = "lines that cannot be read left out"
DAMAGES: dict[str, tuple[Callable[[str], str], str]] = {
    "quotes": (typographic, "typographic quotes read as straight ones"),
    "closing": (lambda t: t.replace("'", "’"), "typographic quotes read as straight ones"),
    "entities": (lambda t: html.escape(t), "HTML entities read as the signs they stand for"),
    "twice": (lambda t: html.escape(html.escape(t)), "HTML entities read as the signs they stand for"),
    "commented": (lambda t: lines(t, lambda i, line: f"# {line}"), "comment marks before the lines left out"),
    "spaces": (lambda t: margins(t, "\u00a0", 1), "non-breaking spaces read as spaces"),
    "widthless": (lambda t: t.replace("(", "(\u200b"), "zero-width characters left out"),
    "wide": (lambda t: t.replace("(", "（").replace(",", "，"), "full-width signs read as plain ones"),
    "mail": (lambda t: lines(t, lambda i, line: f"> {line}"), "quote marks before the lines left out"),
    "numbers": (lambda t: lines(t, lambda i, line: f"{i:3d}  {line}"), "line numbers left out"),
    "glued numbers": (lambda t: lines(t, lambda i, line: f"{i}{line}"), "line numbers left out"),
    "barred numbers": (lambda t: lines(t, lambda i, line: f"{i:4d} | {line}"), "line numbers left out"),
    "console": (console, "prompts left out"),
    "ipython": (ipython, "prompts left out"),
    "tabs": (lambda t: margins(t, "\t", 4), ""),
    "margin": (lambda t: lines(t, lambda i, line: f"    {line}"), ""),
    "prose": (lambda t: f"Hello, I don't see why (in my net):\n\n{t}\nIs it 3*3*32 = 288? Thanks!\n", LEFT_OUT),
    "cut": (lambda t: f"{t}\nfor i in range(3):\n    x = net(torch.ones(1, ", "the end, which is cut off, left out"),
    "python2": (lambda t: f"{t}\nprint 'done', 3\n", "print of Python 2 read as a function"),
    "fenced": (lambda t: f"I have:\n\n```python\n{t}```\n", "marks of a code block left out"),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_that_can_be_undone_in_one_way(name: str, damage: str) -> None:
    change, said = DAMAGES[damage]
    text = change(program(name))
    check(name, net(text))
    said_of = [r.what for r in reading(text).repairs]
    if said and text != program(name):
        assert said in said_of


def test_a_program_on_one_line_whose_comments_swallow_code() -> None:
    text = (
        "I made this (see below): model = tf.keras.models.Sequential([ # Note the input shape is 300x300 with 3 bytes "
        "tf.keras.layers.Conv2D(16, (3,3), activation='relu', input_shape=(300, 300, 3)), "
        "tf.keras.layers.MaxPooling2D(2, 2), # Only 1 output ('cats' or 'dogs') tf.keras.layers.Flatten(), "
        "tf.keras.layers.Dense(1, activation='sigmoid') ]) When I look at it, I expect (3*3*3*16)+16 = 448."
    )
    assert [(n.name, n.counts.params) for n in net(text).nodes[1:]] == [
        ("conv2d", 448),
        ("max_pooling2d", 0),
        ("flatten", 0),
        ("dense", 149 * 149 * 16 + 1),
    ]


def test_lost_indentation() -> None:
    text = re.sub(r"^[ \t]+", "", program("torch_cifar"), flags=re.MULTILINE)
    check("torch_cifar", net(text))
    assert [r.what for r in reading(text).repairs] == ["lost indentation found again"]


def test_brackets_and_commas_that_are_missing() -> None:
    text = (
        "def create_model() :\nmodel = Sequential([\nDense(3, input_shape=[4], name=First)\n\nDense(5),\n"
        "Dense(2, ’softmax’, name=Output)]\n\nmodel.compile(optimizer=RMSprop())\nreturn model\n"
    )
    assert [(n.name, n.counts.params) for n in net(text).nodes[1:]] == [("First", 15), ("dense", 20), ("Output", 12)]


def test_printed_lines_that_look_like_layers_are_none() -> None:
    text = "net = nn.Sequential(nn.Linear(3, 4), nn.ReLU())\nprint(net)\n\nLinear   (1, 4)\nReLU     (1, 4)\n"
    assert net(text).counts.params == 16


def test_places_go_through_repairs() -> None:
    text = "> x = Input((9,))\n> y = Dense(4, activation=‘relu’)(x)\n> m = Model(x, y)\n"
    read = reading(text)
    at = read.statements[-1].items[-1].item.at  # type: ignore[union-attr]
    assert text[at.start : at.end] == "Dense(4, activation=‘relu’)"
    assert [text[r.at.start] for r in read.repairs] == [">", "‘"]


def test_where_the_code_of_a_question_stands() -> None:
    text = "My code:\n\nm = Sequential()\nm.add(Dense(3, input_shape=(2,)))  # one\n\nWhy 9? I thought 6 (2*3)."
    assert [text[s.start : s.end] for s in code_spans(text)] == ["m = Sequential()\nm.add(Dense(3, input_shape=(2,)))"]


def test_the_source_stays_as_it_is() -> None:
    source = Source("a.py", "m = Sequential([Dense(3, input_shape=(2,), activation=‘relu’)])")
    assert read_python(source).source is source


@pytest.mark.parametrize(
    "text",
    [
        "model = Sequential([\n    Dense(5, input_shape=(3,),\n    Dense(4),\n])",
        "model = Sequential([\n    Dense(5, input_shape=(3,)),\n    Dense(4,\n    Dropout(0.5),\n])",
        "model = Sequential([\n    Dense(5, input_shape=(3,)\n    Dense(4),\n])",
        "model = Sequential([\n    Dense(5, activation=`relu`, input_shape=(3,)),\n    Dense(4),\n])",
        "model = Sequential（［Dense（5， input_shape=（3，）），\n    Dense（4）］）",
    ],
)
def test_calls_that_are_not_closed_end_before_the_next_layer(text: str) -> None:
    assert [n.shape for n in net(text).nodes[:3]] == [(3,), (5,), (4,)]
    assert net(text).counts.params == 3 * 5 + 5 + 5 * 4 + 4


def test_what_a_prompt_is_asked_may_stand_before_and_behind_code() -> None:
    before = "m = Sequential([Dense(5, input_shape=(3,))])\n>>> m.output_shape\n(None, 5)\n"
    assert net(before).counts.params == 20
    assert net(f"{before}m.add(Dense(4))\n>>> 4\n4\n").counts.params == 20 + 24


def test_blanks_that_a_translator_puts_behind_dots() -> None:
    lines = (
        "def   make():",
        "m = Sequential()",
        "m. add( Dense( 5, input_shape=( 3,)))",
        "m. add( Dense( 4))",
        "return m",
    )
    text = "".join(f"    {line}\n" for line in lines)
    assert net(text).counts.params == 20 + 24


def test_an_end_with_layers_that_is_cut_off_is_closed() -> None:
    text = "import keras\nm = Sequential([\n    Dense(5, input_shape=(3,)),\n    Dense(4, "
    assert net(text).counts.params == 20 + 24
