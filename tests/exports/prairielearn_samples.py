"""Questions made from a seed, for PrairieLearn and for Anki."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from symparams.documents.written_question import WrittenBlank, WrittenMistake, WrittenOption, WrittenQuestion

LETTERS = ("C_in", "F", "k")
POINTS = ({"C_in": 3, "F": 16, "k": 5}, {"C_in": 1, "F": 7, "k": 3}, {"C_in": 64, "F": 128, "k": 2})
NASTY = "Net {{params.x}} </p> & <b> \"'` $5 and $6 {{{y}}} {{=<% %>=}} # % \\ ~ {} é"
NASTY_HTML = (
    "Net {{params.x}} &lt;/p&gt; &amp; &lt;b&gt; &quot;&#x27;` $5 and $6 {{{y}}} {{=&lt;% %&gt;=}} # % \\ ~ {} é"
)
_CREDITS = (Fraction(0), Fraction(1, 2), Fraction(1, 3), Fraction(1, 4))


def sample(seed: int) -> WrittenQuestion:
    """A question of one of the kinds that are typed, blanks included."""
    chosen = random.Random(seed)
    k, c, f = chosen.choice((1, 3, 5, 7)), chosen.randint(1, 512), chosen.randint(2, 512)
    kind = ("number", "fraction", "shape", "formula", "blank")[seed % 5]
    blank = base(f"q-{seed}")
    credits = chosen.choices(_CREDITS, k=3)
    if kind == "shape":
        key, wrong = (k, c, f), ((k + 1, c, f), (k, f + c, f), (k, c))
        known = [mistake("x".join(map(str, shape)), None, credit) for shape, credit in zip(wrong, credits, strict=True)]
        return replace(blank, kind=kind, answer_type="shape", answer="x".join(map(str, key)), mistakes=tuple(known))
    if kind == "formula":
        return replace(formula_question(credits), identity=f"q-{seed}")
    key_value = (k * k * c + 1) * f
    numbers: list[int | Fraction] = [
        key_value - f,
        key_value + 1000 * k,
        Fraction(key_value * 2 + 1, 2 if kind == "fraction" else 1),
    ]
    known = [mistake(typed(value), value, credit) for value, credit in zip(numbers, credits, strict=True)]
    asked = replace(blank, kind=kind, answer=str(key_value), value=key_value, mistakes=tuple(known))
    if kind == "blank":
        first = WrittenBlank("(a)", str(k * k * c + 1), k * k * c + 1, Fraction(1, 2))
        asked = replace(
            asked, blanks=(first, WrittenBlank("(b)", str(key_value), key_value, Fraction(chosen.randint(1, 3))))
        )
    return asked


def base(identity: str) -> WrittenQuestion:
    return WrittenQuestion(
        identity=identity,
        name=f"Parameters of {NASTY}",
        kind="params",
        answer_type="number",
        stem=f"<p>How many? {NASTY_HTML}</p><pre>conv(3, 3x3)</pre><p>\\(k^{{{{2}}}} \\lt \\text{{\\$}} 3\\)</p>",
        answer="18207",
        value=18207,
        solution=f"<p>\\[ (3·3·32 + 1)·63 = 18{{,}}207 \\]</p><p>{NASTY_HTML}</p>",
        options=(),
        mistakes=(),
        points=Fraction(3, 2),
        difficulty=2,
        tags=("convolution", "parameters", "two words"),
        seed=1,
        version="0.3.0",
    )


def mistake(
    answer: str, value: int | Fraction | None, credit: Fraction, values: Sequence[Fraction] = ()
) -> WrittenMistake:
    feedback = f"<p>{answer} leaves something out: \\(k^2\\). {NASTY_HTML}</p>"
    return WrittenMistake(answer, value, credit, feedback, f"mistake {answer}", tuple(values))


def typed(value: int | Fraction) -> str:
    return str(value) if isinstance(value, int) or value.denominator == 1 else f"{float(value):.1f}"


def formula_question(credits: Sequence[Fraction] = _CREDITS) -> WrittenQuestion:
    def at(of: str) -> tuple[Fraction, ...]:
        # the texts below are this file's own, so Python may read them here
        return tuple(Fraction(eval(of.replace("^", "**"), {}, dict(point))) for point in POINTS)

    wrong = ("(k^2 + 1)*F", "k^2*C_in*F", "k^2*C_in*F + 1")
    known = [mistake(text, None, credit, at(text)) for text, credit in zip(wrong, credits, strict=False)]
    key = "(k^2*C_in + 1)*F"
    return replace(
        base("q-formula"),
        kind="formula",
        answer_type="formula",
        answer=key,
        value=None,
        mistakes=tuple(known),
        letters=LETTERS,
        at=POINTS,
        values=at(key),
    )


def choice() -> WrittenQuestion:
    options = (
        WrittenOption("<p>630</p>", "630", Fraction(1, 2), f"<p>No: \\(a\\) {NASTY_HTML}</p>", "channels left out"),
        WrittenOption("<p>18,207</p>", "18,207", Fraction(1), "", ""),
        WrittenOption(f"<p>{NASTY_HTML}</p>", NASTY, Fraction(0), "<p>No.</p><p>Not at all.</p>", "bias left out"),
    )
    return replace(base("q-choice"), answer_type="choice", answer="18,207", value=None, options=options)
