"""Questions of every type, made from a seed, with texts that try to break out of their places."""

from __future__ import annotations

import io
import random
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from symparams.documents.escaping import escape_html
from symparams.documents.written_question import BankInfo, WrittenBlank, WrittenMistake, WrittenOption, WrittenQuestion
from symparams.exports.export import PackedExport
from tests.exports.banks import put

NASTY = (
    "a<b & \"c\" 'd' ]]> {e} ~ = # \\neq \\( x \\) % $f$ [g] <!-- h --> &amp; \u00e9\u2028\u202f\x0b\ud800 </p><script>"
)
BANK = BankInfo(title=NASTY, seed=7, version="1.0", request=NASTY.replace("\ud800", ""))
SEEDS = range(240)


def visible(text: str) -> str:
    """What a reader sees of a text: white space and what XML cannot hold do not count."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def html(text: str) -> str:
    """A text with a network, a formula and a table around it."""
    return (
        f"<p>{escape_html(text)}</p>\n<pre>\nx = a -&gt; b\n  c &amp; d</pre>\n<p>\\[ a \\lt b &amp;= c \\]</p>\n"
        f'<table>\n<thead><tr><th style="text-align: right">{escape_html(text)}</th></tr></thead>\n'
        "<tbody>\n<tr><td>1</td></tr>\n</tbody>\n</table>\n<ul>\n<li><code>c</code> <em>d</em></li>\n</ul>\n"
    )


def sample(seed: int) -> WrittenQuestion:
    """A question; the kind goes round with the seed."""
    chance = random.Random(seed)
    kind = ("number", "fraction", "shape", "choice", "truth", "blank", "large", "endless")[seed % 8]
    make = {"choice": _choice, "truth": _truth, "blank": _blanks, "shape": _shape}.get(kind, _number)
    return make(chance, seed, kind)


def _asked(seed: int, kind: str, answer: str, value: int | Fraction | None, **more: object) -> WrittenQuestion:
    return WrittenQuestion(
        identity=f"q-{seed:04x}",
        name=f"{kind} {seed} {NASTY}",
        kind=kind,
        stem=html(f"stem {NASTY}"),
        answer=answer,
        value=value,
        solution=html(f"solution {NASTY}"),
        difficulty=1 + seed % 5,
        tags=(NASTY,),
        seed=seed,
        version="1.0",
        **{"options": (), "mistakes": (), "answer_type": "number", "points": Fraction(seed % 5 + 1, 2), **more},  # type: ignore[arg-type]
    )


def _values(chance: random.Random, kind: str, count: int) -> list[int | Fraction]:
    top = 10**14 if kind == "large" else 99_999
    found: set[int | Fraction] = set()
    while len(found) < count:
        n = chance.randrange(top)
        found.add(
            n if kind in ("number", "large", "blank") else Fraction(n, 3 if kind == "endless" and not found else 8)
        )
    return chance.sample(sorted(found), count)


def typed(value: int | Fraction) -> str:
    fraction = Fraction(value)
    if fraction.denominator == 1:
        return str(fraction)
    decimal = f"{float(fraction):.6f}".rstrip("0")
    return decimal if Fraction(decimal) == fraction else str(fraction)


def _mistakes(chance: random.Random, wrong: list[int | Fraction]) -> tuple[WrittenMistake, ...]:
    return tuple(
        WrittenMistake(
            typed(v), v, chance.choice([Fraction(0), Fraction(1, 2), Fraction(1, 3)]), html(f"m{v} {NASTY}"), NASTY
        )
        for v in wrong
    )


def _number(chance: random.Random, seed: int, kind: str) -> WrittenQuestion:
    right, *wrong = _values(chance, kind, chance.randrange(1, 7))
    return _asked(seed, kind, typed(right), right, mistakes=_mistakes(chance, wrong))


def _blanks(chance: random.Random, seed: int, kind: str) -> WrittenQuestion:
    values = _values(chance, kind, 6)
    count = chance.randrange(1, 4)
    blanks = tuple(WrittenBlank(f"({'abc'[i]})", typed(v), v, Fraction(1, 2)) for i, v in enumerate(values[:count]))
    mistakes = _mistakes(chance, values[count:])
    last = blanks[-1]
    points = Fraction(count, 2)
    return _asked(seed, kind, last.answer, last.value, mistakes=mistakes, blanks=blanks, points=points)


def _shape(chance: random.Random, seed: int, kind: str) -> WrittenQuestion:
    rank = chance.randrange(1, 4)
    shapes = list({"x".join(str(chance.randrange(1, 200)) for _ in range(rank)) for _ in range(5)})
    right, *wrong = sorted(shapes)
    mistakes = tuple(WrittenMistake(s, None, Fraction(1, 2), html(f"m{s} {NASTY}"), NASTY) for s in wrong)
    return _asked(seed, kind, right, None, mistakes=mistakes, answer_type="shape")


def _choice(chance: random.Random, seed: int, kind: str) -> WrittenQuestion:
    count = chance.randrange(2, 6)
    key = chance.randrange(count)
    options = []
    for i in range(count):
        credit = Fraction(1) if i == key else chance.choice([Fraction(0), Fraction(0), Fraction(1, 2), Fraction(1, 3)])
        feedback = chance.choice(["", html(f"f{i} {NASTY}")])
        options.append(
            WrittenOption(html(f"o{i} {NASTY}"), f"o{i} {NASTY}", credit, feedback, "" if i == key else NASTY)
        )
    asked = _asked(seed, kind, options[key].plain, None, options=tuple(options), answer_type="choice")
    return replace(asked, penalty=chance.choice([Fraction(0), Fraction(1, 4), Fraction(1, 3), Fraction(1)]))


def _truth(chance: random.Random, seed: int, kind: str) -> WrittenQuestion:
    right = chance.choice(["True", "False"])
    options = tuple(
        WrittenOption(word, word, Fraction(word == right), html(f"{word} {NASTY}"), "" if word == right else NASTY)
        for word in ("True", "False")
    )
    asked = _asked(seed, kind, right, None, options=options, answer_type="choice")
    return replace(asked, penalty=chance.choice([Fraction(0), Fraction(1, 2)]))


def spellings(value: int | Fraction) -> list[str]:
    """How students write a number."""
    text = typed(value)
    return [text, f" {text} "] + ([f"{value:,}", f"{value:,}".replace(",", " ")] if isinstance(value, int) else [])


def shape_spellings(answer: str) -> Iterator[str]:
    """How students write a shape."""
    sizes = answer.split("x")
    yield from (sign.join(sizes) for sign in ("x", ", ", ",", " x ", "×", " × "))
    yield f"({','.join(sizes)})"
    yield f" ({', '.join(sizes)}) "


def packed(export: PackedExport, asked: Sequence[WrittenQuestion] = ()) -> dict[str, str]:
    """The files of a bank of some questions, of the samples if there are none."""
    asked = asked or [sample(seed) for seed in SEEDS]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "bank.zip"
        put(export, path, asked, BANK)
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name).decode() for name in archive.namelist()}


def zipped(files: dict[str, str]) -> bytes:
    """An archive of files, in their order and with one date."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text.encode())
    return stream.getvalue()
