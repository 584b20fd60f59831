"""Questions of every kind from a seed, full of the signs that mean something to the formats of Moodle."""

from __future__ import annotations

import html
import random
from dataclasses import replace
from fractions import Fraction

from symparams.documents.written_question import BankInfo, WrittenBlank, WrittenMistake, WrittenOption, WrittenQuestion

NASTY = (
    "&",
    "<b>",
    "a<b",
    ">",
    '"',
    "'",
    "]]>",
    "{}",
    "{",
    "}",
    "~",
    "=",
    "#",
    "####",
    ":",
    "::",
    "\\",
    "\\n",
    "\\neq",
    "$x$",
    "%50%",
    "[html]",
    "->",
    "//",
    "&lt;",
    "&amp;",
    "*",
    "{#1}",
    "{1:NUMERICAL:=1}",
    "ä",
    "×",
    "🙂",
    "T",
    "TRUE",
)
MATHEMATICS = (
    r"\(n = \left\lfloor \frac{32 - 3}{2} \right\rfloor + 1 \neq 16\)",
    "\\[\n\\begin{aligned}\nP &amp;= (3 \\cdot 3 \\cdot 32 + 1) \\cdot 63 \\\\\n&amp;= 18{,}207\n\\end{aligned}\n\\]",
    r"\(\{a\}~\#\nu \lt \text{conv\_2}\)",
)
PENALTIES = (Fraction(0), Fraction(0), Fraction(1, 4), Fraction(3, 20), Fraction(9, 10))
CREDITS = [
    Fraction(0),
    Fraction(1, 2),
    Fraction(1, 3),
    Fraction(1, 4),
    Fraction(3, 10),
    Fraction(2, 7),
    Fraction(99, 100),
]
BANK = BankInfo(title="CNNs / <basics> & {more}: 1=1 \\ #~", seed=7, version="1.2.3", request="ab12")


def words(source: random.Random) -> str:
    """Plain text as a user types it."""
    return " ".join(source.choice([*NASTY, "conv_2", "params"]) for _ in range(source.randint(1, 5)))


def text(source: random.Random) -> str:
    """A few paragraphs in HTML."""
    parts = [f"<p>{html.escape(words(source))}</p>", f"<pre>input 32x32x3\n  conv {html.escape(words(source))}</pre>"]
    parts += [f"<p>{mathematics}</p>" for mathematics in source.sample(MATHEMATICS, source.randint(0, 3))]
    source.shuffle(parts)
    return "\n".join(parts)


def line(source: random.Random) -> str:
    """HTML without a paragraph around it."""
    return html.escape(words(source)) + source.choice(["", " " + MATHEMATICS[0]])


def _common(source: random.Random, identity: str) -> WrittenQuestion:
    return WrittenQuestion(
        identity=identity,
        name=words(source),
        kind="params",
        answer_type="number",
        stem=text(source),
        answer="",
        value=None,
        solution=text(source),
        options=(),
        mistakes=(),
        points=Fraction(source.randint(1, 6), 2),
        difficulty=source.randint(1, 5),
        tags=("convolution", "two words"),
        seed=7,
        version="1.2.3",
    )


def _mistake(source: random.Random, answer: str, value: int | Fraction | None) -> WrittenMistake:
    return WrittenMistake(answer, value, source.choice(CREDITS), text(source), "mistake")


def number(source: random.Random, identity: str) -> WrittenQuestion:
    values: list[int | Fraction] = list(source.sample(range(10 ** source.randint(2, 16)), source.randint(2, 5)))
    values += [Fraction(25, 2), Fraction(37, 3)][: source.randint(0, 2)]
    key, *wrong = values
    mistakes = tuple(_mistake(source, str(value), value) for value in wrong)
    return replace(_common(source, identity), answer=str(key), value=key, mistakes=mistakes)


def shape(source: random.Random, identity: str) -> WrittenQuestion:
    length = source.randint(1, 4)
    shapes = sorted({"x".join(str(source.randint(1, 600)) for _ in range(length)) for _ in range(4)})
    source.shuffle(shapes)
    mistakes = tuple(_mistake(source, wrong, None) for wrong in shapes[1:])
    return replace(_common(source, identity), answer_type="shape", answer=shapes[0], mistakes=mistakes)


def choice(source: random.Random, identity: str) -> WrittenQuestion:
    options = [
        WrittenOption(f"{i} {line(source)}", f"{i}", source.choice(CREDITS), text(source), "m") for i in range(4)
    ]
    key = source.randrange(4)
    options[key] = replace(options[key], text=line(source), credit=Fraction(1), misconception="")
    asked = replace(_common(source, identity), answer_type="choice", answer=options[key].plain, options=tuple(options))
    return replace(asked, penalty=source.choice(PENALTIES))


def truth(source: random.Random, identity: str) -> WrittenQuestion:
    plain = source.sample(["True", "False"], 2)
    options = tuple(WrittenOption(word, word, Fraction(1 - i), text(source), "m" * i) for i, word in enumerate(plain))
    shown = options[:: source.choice([1, -1])]
    asked = replace(_common(source, identity), answer_type="choice", kind="truth", answer=plain[0], options=shown)
    return replace(asked, penalty=source.choice(PENALTIES))


def faded(source: random.Random, identity: str) -> WrittenQuestion:
    asked = replace(number(source, identity), name=words(source))
    assert asked.value is not None
    points = Fraction(source.choice([1, 2, 3]), source.choice([1, 2]))
    first = WrittenBlank("(a)", "289", 289, points)
    last = WrittenBlank("(b)", asked.answer, asked.value, points)
    return replace(asked, points=2 * points, blanks=(first, last))


def bank(seed: int) -> list[WrittenQuestion]:
    """One question of each kind."""
    source = random.Random(seed)
    kinds = (number, shape, choice, truth, faded)
    return [kind(source, f"q-{seed}-{i}") for i, kind in enumerate(kinds)]
