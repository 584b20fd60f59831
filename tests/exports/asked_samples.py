"""Questions for the tests of all exports: of every answer type, with whatever a user may have typed into a title."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from symparams.documents.formats import markup_named
from symparams.documents.written_question import BankInfo, WrittenBlank, WrittenMistake, WrittenOption, WrittenQuestion

BANK = BankInfo(title='Networks & <shapes>: "week 3" #1 {100 %} ~ $5', seed=7, version="0.0.1", request="0123abcd")

NASTY = (
    "conv_2",
    "A & B <b> \"quoted\" 'single'",
    "100% of {x} = $5 ~ #1 \\alpha _under_ ^up^",
    "-- ]]> --> </details> <!-- */ %>",
    "::name:: {=right ~wrong} //comment",
    "\\(x\\) \\[y\\] $z$ $$w$$ \\neq \\end{document}",
    "größer → ≥ × Straße 网络 🙂",
    "`code` **bold** [link](url) | a | b |",
    "<<x>> <% y %> {{z}} {% w %}",
    "<script>alert(1)</script> &amp; &#38;",
)
PACKED = ("anki", "pdf", "docx", "epub")  # the formats that need the packages of an extra
ANSWER_TYPES = ("number", "shape", "formula", "choice")
_PENALTIES = (Fraction(0), Fraction(1, 4), Fraction(3, 20))
_CREDITS = (Fraction(0), Fraction(1, 4), Fraction(1, 3), Fraction(1, 2))


def paragraphs(markup: str, text: str) -> str:
    """A paragraph with a user's text, and a formula."""
    format_ = markup_named(markup)
    inside = f"{format_.escape(text)} counts {_mathematics(markup, '(k^{2} C + 1) F')}."
    return f"<p>{inside}</p>\n" if markup in ("html", "mathml", "office") else f"{inside}\n"


def _mathematics(markup: str, formula: str) -> str:
    """A formula in a line."""
    left, right = markup_named(markup).inline
    if markup in ("mathml", "office"):
        formula = f"<mtext>{formula}</mtext>"
    return f"{left}{formula.replace('{', '(').replace('}', ')') if markup == 'typst' else formula}{right}"


def _solution(markup: str, value: int | Fraction) -> str:
    lines = ["(3 \\cdot 3 \\cdot 32 + 1) \\cdot 63", "289 \\cdot 63", str(value)]
    if markup == "html":
        return "<p>\\[\n\\begin{aligned}\nP &amp;= " + " \\\\\n&amp;= ".join(lines) + "\n\\end{aligned}\n\\]</p>\n"
    if markup == "latex":
        return "Step by step:\n\\begin{align*}\nP &= " + " \\\\\n&= ".join(lines) + "\n\\end{align*}\n"
    if markup == "typst":
        return f"Step by step:\n#display($P &= (3 ⋅ 3 ⋅ 32 + 1) ⋅ 63 \\\n&= {value}$)\n"
    if markup in ("mathml", "office"):
        return f"<p>Step by step: <math><mi>P</mi><mo>=</mo><mn>{value}</mn></math></p>\n"
    if markup == "markdown":
        return "$$\n\\begin{aligned}\nP &= " + " \\\\\n&= ".join(lines) + "\n\\end{aligned}\n$$\n"
    return "P = " + "\n  = ".join(lines) + "\n"


def printable(markup: str, text: str) -> str:
    """The text without the letters that a format cannot print, which it refuses."""
    format_ = markup_named(markup)
    if markup == "typst":  # whose own fonts lack them
        return "".join(c for c in text if c < "\u2e80")
    return text if format_.lacks is None else "".join(c for c in text if not format_.lacks.search(format_.escape(c)))


def asked(markup: str, answer_type: str, text: str, numbers: list[int], index: int = 0) -> WrittenQuestion:
    """A question; `numbers` are five different ones, the first is the key."""
    text = printable(markup, text)
    stem = paragraphs(markup, f"How many parameters does {text} have, and why?")
    key: int | Fraction = numbers[0] if answer_type != "number" or index % 3 else Fraction(2 * numbers[0] + 1, 2)
    typed: dict[str, Callable[[int | Fraction], str]] = {
        "number": lambda n: f"{float(n):.1f}" if isinstance(n, Fraction) else str(n),
        "shape": lambda n: f"{n}x{n}x64",
        "formula": lambda n: f"(k^2*C + {n})*F",
        "choice": lambda n: f"{n:,} {text}",
    }
    answer = typed[answer_type]
    several = {
        "options": _options(markup, text, numbers, index) if answer_type == "choice" else (),
        "mistakes": () if answer_type == "choice" else _mistakes(markup, answer_type, answer, text, numbers),
        **(_formula(key) if answer_type == "formula" else {}),
        **(_blanks(numbers, key) if answer_type == "number" and index % 3 == 1 else {}),
    }
    return WrittenQuestion(
        identity=f"q-{index:06x}{numbers[0]:x}",
        name=f"Parameters of {text}",
        kind="params",
        answer_type=answer_type,  # type: ignore[arg-type]
        stem=stem,
        answer=answer(key),
        value=key if answer_type in ("number", "choice") else None,
        solution=_solution(markup, key),
        points=Fraction(1 + index % 4, 2),
        difficulty=1 + index % 5,
        tags=("parameters", text.replace(",", " ")),
        penalty=_PENALTIES[index // 4 % 3] if answer_type == "choice" else Fraction(0),
        seed=7,
        version="0.0.1",
        **several,
    )


def _options(markup: str, text: str, numbers: list[int], index: int) -> tuple[WrittenOption, ...]:
    options = [
        WrittenOption(
            text=f"{_mathematics(markup, str(n))} {markup_named(markup).escape(text)}",
            plain=f"{n:,} {text}",  # as `answer` has it
            credit=Fraction(1) if n == numbers[0] else _CREDITS[at % 4],
            feedback=paragraphs(markup, text),
            misconception="" if n == numbers[0] else f"left out {text}",
        )
        for at, n in enumerate(numbers)
    ]
    shift = index % len(options)
    return tuple(options[shift:] + options[:shift])


def _mistakes(
    markup: str, answer_type: str, answer: Callable[[int | Fraction], str], text: str, numbers: list[int]
) -> tuple[WrittenMistake, ...]:
    return tuple(
        WrittenMistake(
            answer=answer(n),
            value=n if answer_type == "number" else None,
            credit=_CREDITS[at % 4],
            feedback=paragraphs(markup, text),
            misconception=f"left out {text}",
            values=(Fraction(9 * 3 + n), Fraction(n, 2)) if answer_type == "formula" else (),
        )
        for at, n in enumerate(numbers[1:])
    )


def _formula(key: int | Fraction) -> dict[str, Any]:
    return {
        "letters": ("C", "F", "k"),
        "at": ({"C": 3, "F": 1, "k": 3}, {"C": 1, "F": 2, "k": 5}),
        "values": (Fraction(27 + key), Fraction(50 + 2 * key)),
    }


def _blanks(numbers: list[int], key: int | Fraction) -> dict[str, Any]:
    first = WrittenBlank("(a)", str(numbers[1]), numbers[1], Fraction(1, 2))
    return {"blanks": (first, WrittenBlank("(b)", str(key), key, Fraction(1, 2)))}


def samples(seed: int, markup: str = "markdown", count: int = 24) -> list[WrittenQuestion]:
    """Questions of all answer types with all of the nasty texts, the same ones for a seed."""
    chance = random.Random(seed)
    return [
        asked(markup, ANSWER_TYPES[i % 4], NASTY[i % len(NASTY)], chance.sample(range(2, 100_000), 5), i)
        for i in range(count)
    ]


def questions(markup: str = "markdown") -> st.SearchStrategy[WrittenQuestion]:
    """Any question, with any text that can be printed in its name."""
    user_text = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)
    return st.builds(
        asked,
        st.just(markup),
        st.sampled_from(ANSWER_TYPES),
        st.one_of(st.sampled_from(NASTY), user_text),
        st.lists(st.integers(2, 10**9), min_size=5, max_size=5, unique=True),
        st.integers(0, 500),
    )
