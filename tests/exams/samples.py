"""Networks that questions are asked about: written by hand, from the examples, from the documentation, random."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from hypothesis import strategies as st

from symparams.errors import Source, SymparamsError
from symparams.exams.course import Course
from symparams.exams.examination import Examination, Wanted
from symparams.exams.kinds import KINDS
from symparams.exams.plan import Plan
from symparams.exams.question import AnswerType, Question
from symparams.exams.supply import Supply
from tests.conftest import EXAMPLES
from tests.differential.family import Draw
from tests.differential.generating import networks

TEXTS = {
    "images": """
        range k in 3, 5, 7
        range F in 8..64 step 8
        range C in 1, 3
        input(28, 28, C) -> conv(F, k) -> relu -> maxpool(2) -> conv(2*F, 3, padding=same, s=2) -> bn
        -> flatten -> dense(100) -> dropout(0.5) -> dense(10)""",
    "torch": """
        convention torch
        range F in 8..64 step 8
        range n in 16..128 step 16
        range g in 2, 4
        input(3, 32, 32) -> conv(F, 3, stride=2, padding=1, bias=no) -> bn -> relu
        -> conv(2*F, 3x1, groups=g, padding=(1,0), d=2) -> tconv(F, 2, s=2) -> { id | conv(F, 1) } -> add
        -> globalavgpool -> dense(n) -> layernorm -> dense(10)""",
    "sequences": """
        range h in 16..128 step 16
        range V in 1000..5000 step 1000
        range d in 32, 64, 128
        range T in 20..60 step 10
        input(T) -> embedding(V, d) -> bidirectional(lstm(h, sequences)) -> attention(4, causal) -> layernorm -> gru(h)
        -> dropout(0.3) -> dense(h, relu) -> dense(5)""",
    "torch sequences": """
        convention torch
        range h in 8..64 step 8
        input(20, 12) -> lstm(h) -> rnn(h) -> gru(2*h) -> dense(3)""",
    "repeats": """
        range F in 4..40 step 4
        range n in 2..6
        input(16, 16, 3) -> conv(F, 3, same) -> [conv(F, 3, same) -> relu] * n -> [conv(2*i, 1) for i in 1..3]
        -> globalavgpool -> dense(F)""",
    "shared": """
        range m in 8..80 step 8
        input(m) -> dense(m) as a -> relu -> share(@a) -> { id | dense(m) } -> concat -> dense(2*m) -> dense(4)""",
    "strides": """
        range n in 20..60
        range k in 2..7
        range s in 1..4
        input(n, n, 3) -> conv(16, k, s=s) -> maxpool(2) -> conv(32, 3x2, same) -> flatten -> dense(10)""",
    "numbers": "input(28, 28, 1) -> conv(32, 3) -> conv(63, 3) -> maxpool(2) -> flatten -> dense(128) -> dense(10)",
    "letters": "input(H, W, C) -> conv(F, k) -> maxpool(2) -> conv(2*F, 3, same) -> globalavgpool -> dense(m)",
    "some letters": """
        range F in 8..64 step 8
        input(H, W, 3) -> conv(F, 3) -> bn -> conv(2*F, 3, same, groups=4) -> depthwise(3, same) -> separable(F, 3)
        -> globalavgpool -> dense(m) -> dense(10)""",
}
EXAMPLE_TEXTS = {path.name: path.read_text("utf-8") for path in sorted(EXAMPLES.glob("*.arch"))}
_LAYERS = (EXAMPLES.parent / "docs" / "layers.md").read_text("utf-8")
LAYER_TEXTS = [
    f"convention {convention}\n{text}"
    for text in re.findall(r"^Example: `(.*)`$", _LAYERS, re.MULTILINE)
    for convention in ("keras", "torch")
    if "convention" not in text
]


@cache
def course(text: str) -> Course:
    return Course(Source("net.arch", text))


def plans(text: str, *names: str, types: tuple[AnswerType, ...] | None = None) -> Iterator[Plan]:
    """The plans of some kinds, or of all."""
    on = course(text)
    for name in names or KINDS:
        for answer_type in KINDS[name].types:
            if types is None or answer_type in types:
                yield from KINDS[name].plans(on, answer_type)


def variants(plan: Plan, count: int, seed: int = 0) -> Iterator[Question]:
    """The first variants of a plan."""
    found = iter(Supply(plan, seed))
    for _ in range(count):
        question = next(found, None)
        if question is None:
            return
        yield question


def questions(text: str, *names: str, count: int = 3, most: int = 1_000) -> Iterator[Question]:
    """Variants of every plan; of a network with very many plans each n-th."""
    every = list(plans(text, *names))
    for plan in every[:: max(1, len(every) // most)]:
        yield from variants(plan, count)


def examination(*texts: str, **wanted: object) -> Examination:
    return Examination([course(text) for text in texts], Wanted(**wanted))  # type: ignore[arg-type]


_NUMBER = re.compile(r"(?<=[(,= ])(\d{1,3})(?=[,)])")


@st.composite
def random_texts(draw: Draw) -> str:
    """A random network, some of its numbers drawn from ranges, sometimes one of them a free letter."""
    text: str = draw(networks(draw(st.sampled_from(["keras", "torch"]))))
    head, *lines = text.split("\n")
    places = list(_NUMBER.finditer(lines[-1]))
    chosen = draw(st.lists(st.sampled_from(places), max_size=3, unique=True)) if places else []
    last, ranges = lines[-1], []
    for i, place in sorted(enumerate(chosen), key=lambda pair: -pair[1].start()):
        name, value = "uvw"[i], int(place[0])
        last = last[: place.start()] + name + last[place.end() :]
        more = draw(st.sets(st.integers(max(1, value - 3), value + 8), max_size=4)) | {value}
        if draw(st.integers(0, 5)):
            ranges.append(f"range {name} in {', '.join(map(str, sorted(more - {0}) or [1]))}")
    return "\n".join([head, *ranges, *lines[:-1], last])


def readable(text: str) -> bool:
    """Whether there are questions on it at all."""
    try:
        on = course(text)
        if on.ranges:
            on.check_ranges()
    except SymparamsError:
        return False
    return True
