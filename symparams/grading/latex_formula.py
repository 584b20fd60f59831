"""Formulas in LaTeX, as banks have them -> the same in MathML or for Typst; anything else in them is text."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from symparams.algebra.typst_notation import quoted

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_&]|[0-9]+(?:\{,\}[0-9]{3})*(?:\.[0-9]+)?|[A-Za-zͰ-Ͽ]|\s+|.", re.DOTALL)
_DEEPEST = 12  # groups in groups
_SCRIPTS = 2  # below and above a letter; what follows has no base
_UPRIGHT = ("text", "mathrm", "operatorname", "mathit", "mathbf", "textrm", "mathtt", "texttt")
_SIGNS: Mapping[str, str] = {
    "cdot": "⋅", "times": "×", "le": "≤", "ge": "≥", "leq": "≤", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "to": "→", "rightarrow": "→", "leftarrow": "←",
    "ldots": "…", "cdots": "⋯", "dots": "…", "sum": "∑", "prod": "∏", "infty": "∞", "pm": "±", "mid": "∣", "in": "∈",
    "{": "{", "}": "}", "%": "%", "$": "$", "#": "#", "_": "_", "&": "&",
}  # fmt: skip
_LETTERS: Mapping[str, str] = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "lambda": "λ", "mu": "μ", "sigma": "σ", "phi": "φ",
    "theta": "θ",
}  # fmt: skip
BIG = tuple(f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m"))
_SPACES = ("quad", "qquad", ",", ";", ":", "!", " ", "left", "right", "displaystyle", *BIG)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a markup writes the parts of a formula."""

    letter: Callable[[str], str]
    number: Callable[[str], str]  # with commas between groups
    sign: Callable[[str], str]  # an operator or a bracket
    word: Callable[[str], str]  # upright, of a text
    blank: Callable[[str], str]  # a place to fill in, of its mark
    row: Callable[[str], str]  # several parts as one
    below: Callable[[str, str], str]  # base and index
    above: Callable[[str, str], str]  # base and exponent
    fraction: Callable[[str, str], str]
    root: Callable[[str], str]
    nothing: str  # what stands where a part is missing
    tall: Callable[[str], str]  # the same as `sign`, where every bracket has its other half and grows


def _html_sign(sign: str) -> str:
    """An operator; brackets grow with fractions alone, see `formula`."""
    text = html.escape(sign.replace("-", "−").replace("⋅", "·"))
    return f'<mo stretchy="false">{text}</mo>' if sign in _BRACKETS else f"<mo>{text}</mo>"


def _typst_sign(sign: str) -> str:
    return _NAMED.get(sign) or (sign if sign in "=+⋅×≤≥≠≈→←…⋯∑∏∞±∣∈−" else quoted(sign))


_BRACKETS = "()[]⌊⌋⌈⌉"
# Signs of Typst by their names: as they are, they would part arguments, or ask for their other half.
_NAMED = {
    "(": "paren.l", ")": "paren.r", "[": "bracket.l", "]": "bracket.r", "⌊": "floor.l", "⌋": "floor.r",
    "⌈": "ceil.l", "⌉": "ceil.r", "<": "lt", ">": "gt", ",": "comma", "-": "−",
}  # fmt: skip
_MATHML = Setting(
    letter=lambda text: f"<mi>{html.escape(text)}</mi>",
    number="<mn>{}</mn>".format,
    sign=_html_sign,
    word=lambda text: f"<mtext>{html.escape(text)}</mtext>",
    blank=lambda text: f'<mtext class="blank">{html.escape(text)}</mtext>',
    row="<mrow>{}</mrow>".format,
    below="<msub><mrow>{}</mrow><mrow>{}</mrow></msub>".format,
    above="<msup><mrow>{}</mrow><mrow>{}</mrow></msup>".format,
    fraction="<mfrac><mrow>{}</mrow><mrow>{}</mrow></mfrac>".format,
    root="<msqrt><mrow>{}</mrow></msqrt>".format,
    nothing="<mrow></mrow>",
    tall=lambda text: _html_sign(text).replace(' stretchy="false"', ""),
)

SETTINGS: Mapping[str, Setting] = {
    "html": _MATHML,
    "office": _MATHML,
    "typst": Setting(
        letter=lambda text: f" {text} ",
        number=lambda text: f" {text.replace(',', '#gs;')} ",
        sign=lambda text: f" {_typst_sign(text)} ",
        word=lambda text: f" {quoted(text)} ",
        blank=lambda text: f" underline(#h(0.3em) {quoted(text)} #h(0.3em)) ",
        row=str,
        below=" attach({}, b: {}) ".format,
        above=" attach({}, t: {}) ".format,
        fraction=" frac({}, {}) ".format,
        root=" sqrt({}) ".format,
        nothing=' "" ',
        tall=lambda text: f" {text if text in _BRACKETS else _typst_sign(text)} ",
    ),
}  # fmt: skip


class _Atom(NamedTuple):
    """A part of a formula that an index or exponent may belong to."""

    text: str
    scripts: int = 0  # how many it has
    sign: str = ""  # the bracket that it is, if it is one


def _base(atoms: list[_Atom]) -> _Atom:
    """What an index or exponent belongs to, taken from the end: behind a bracket that closes, all of what it closes."""
    depth = 0
    for at in range(len(atoms) - 1, -1, -1):
        sign = atoms[at].sign
        depth += (sign != "" and sign in ")]") - (sign != "" and sign in "([")
        if depth <= 0:
            taken = atoms[at:] if depth == 0 else atoms[-1:]
            del atoms[-len(taken) :]
            return _Atom("".join(atom.text for atom in taken), taken[-1].scripts)
    return atoms.pop()


def formula(latex: str, setting: Setting) -> str:
    """A formula in a markup; what is no mathematics there is text."""
    grows = "frac" in latex and _is_balanced(latex)  # brackets, with the fraction in them
    return _Formula(latex, replace(setting, sign=setting.tall) if grows else setting).all()


def _is_balanced(latex: str) -> bool:
    """Whether every bracket has its other half, at the same depth of groups."""
    open_ = []
    for piece in _TOKEN.findall(latex):
        sign = _SIGNS.get(piece[1:], "") if piece.startswith("\\") else piece
        if sign and sign in "([⌊⌈{":
            open_.append(sign)
        elif sign and sign in ")]⌋⌉}" and (not open_ or "([⌊⌈{".index(open_.pop()) != ")]⌋⌉}".index(sign)):
            return False
    return not open_


class _Formula:
    """A formula that is read from left to right."""

    def __init__(self, latex: str, setting: Setting) -> None:
        self._tokens = _TOKEN.findall(latex)
        self._set = setting
        self._at = 0

    def all(self) -> str:
        parts = []
        while self._at < len(self._tokens):
            parts.append(self._sequence(0))
            self._at += 1  # a bracket that closes nothing
        return "".join(parts).strip()

    def _sequence(self, depth: int) -> str:
        atoms: list[_Atom] = []
        while self._at < len(self._tokens) and self._tokens[self._at] != "}":
            piece = self._tokens[self._at]
            self._at += 1
            if piece in ("^", "_"):
                base = _base(atoms) if atoms and atoms[-1].scripts < _SCRIPTS else _Atom(self._set.nothing)
                write = self._set.above if piece == "^" else self._set.below
                atoms.append(_Atom(write(base.text.strip(), self._argument(depth)), base.scripts + 1))
            elif text := self._part(piece, depth):
                atoms.append(_Atom(text, sign=piece if piece in "()[]" else ""))
        return "".join(atom.text for atom in atoms)

    def _part(self, piece: str, depth: int) -> str:
        """A part that begins with a piece; empty for one that prints nothing."""
        if piece == "{":
            return self._set.row(self._group(depth))
        if piece == "&" or piece.isspace():
            return ""
        if piece.startswith("\\") and len(piece) > 1:
            return self._command(piece[1:], depth)
        if piece[0].isdigit():
            return self._set.number(piece.replace("{,}", ","))
        if len(piece) == 1 and piece.isalpha():
            return self._set.letter(piece) if piece.isascii() or "Ͱ" <= piece <= "Ͽ" else self._set.word(piece)
        return self._set.sign(piece if piece.isprintable() else " ")

    def _group(self, depth: int) -> str:
        if depth >= _DEEPEST:
            self._at = len(self._tokens)
            return self._set.word("…")
        inside = self._sequence(depth + 1)
        self._at += 1
        return inside or self._set.nothing

    def _argument(self, depth: int) -> str:
        """What belongs to a sign or command: a group, or one piece."""
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1
        if self._at >= len(self._tokens) or self._tokens[self._at] in ("}", "^", "_") or depth >= _DEEPEST:
            return self._set.nothing
        self._at += 1
        return self._part(self._tokens[self._at - 1], depth + 1).strip() or self._set.nothing

    def _command(self, name: str, depth: int) -> str:
        if name in _UPRIGHT:
            return self._set.word(self._words())
        if name == "underline":
            return self._set.blank(re.sub(r"\\[a-z]+|[\\;{}]", "", self._words()).strip())
        if name in ("frac", "dfrac", "tfrac"):
            return self._set.fraction(self._argument(depth), self._argument(depth))
        if name == "sqrt":
            return self._set.root(self._argument(depth))
        if name in _SPACES or name == "\\":
            return ""
        if name in _LETTERS:
            return self._set.letter(_LETTERS[name])
        sign = _SIGNS.get(name)
        return self._set.sign(sign) if sign else self._set.word("mod" if name == "bmod" else name)

    def _words(self) -> str:
        """The words of an upright text, with their spaces, and what stands in brackets in it."""
        if self._at >= len(self._tokens) or self._tokens[self._at] != "{":
            return ""
        start, depth = self._at + 1, 0
        while self._at < len(self._tokens):
            depth += {"{": 1, "}": -1}.get(self._tokens[self._at], 0)
            self._at += 1
            if not depth:
                break
        words = "".join(self._tokens[start : self._at - 1 if not depth else self._at])
        return "".join(c if c.isprintable() else " " for c in words)
