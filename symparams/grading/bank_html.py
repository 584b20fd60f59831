"""The Markdown that banks have -> HTML that a browser shows without any script, formulas included."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

_FENCE, _DISPLAY = "```", "$$"
# In a line: code, a formula, strong text, a sign that stands for itself.
_INLINE = re.compile(r"(`+)(?P<code>.+?)\1|\$(?P<math>[^$\n]+)\$|\*\*(?P<strong>[^*\n]+)\*\*|\\(?P<sign>[^\w\s])")
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_&]|[0-9]+(?:\{,\}[0-9]{3})*(?:\.[0-9]+)?|[A-Za-zͰ-Ͽ]|\s+|.", re.DOTALL)
_DEEPEST = 40  # groups in groups
_UPRIGHT = ("text", "mathrm", "operatorname", "mathit", "mathbf", "textrm")
_SIGNS: Mapping[str, str] = {
    "cdot": " · ", "times": " × ", "le": " ≤ ", "ge": " ≥ ", "leq": " ≤ ", "geq": " ≥ ", "ne": " ≠ ", "neq": " ≠ ",
    "approx": " ≈ ", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "left": "", "right": "", "to": " → ",
    "rightarrow": " → ", "leftarrow": " ← ", "ldots": "…", "cdots": "⋯", "dots": "…", "quad": " ", "qquad": "  ",
    "bmod": " mod ", "sum": "∑", "prod": "∏", "infty": "∞", "pm": " ± ", ",": " ", ";": " ", ":": " ", "!": "",
    " ": " ", "\\": "<br>", "{": "{", "}": "}", "%": "%", "$": "$", "#": "#", "_": "_", "&": "&amp;", "alpha": "α",
    "beta": "β", "gamma": "γ", "delta": "δ", "lambda": "λ", "mu": "μ", "sigma": "σ", "phi": "φ", "theta": "θ",
}  # fmt: skip


def as_html(markdown: str) -> str:
    """Blocks of HTML for the text of a bank; whatever is in it, no mark of HTML comes through."""
    return "\n".join(_blocks(markdown.strip("\n").split("\n")))


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        start, line = at, lines[at].strip()
        if line.startswith((_FENCE, _DISPLAY)):
            mark = line[: 3 if line.startswith(_FENCE) else 2]
            at = next((i for i in range(at + 1, len(lines)) if lines[i].strip() == mark), len(lines))
            inside = "\n".join(lines[start + 1 : at])
            yield f"<pre>{html.escape(inside)}</pre>" if mark == _FENCE else _display(inside)
            at += 1
            continue
        kind = _kind(line)
        while at < len(lines) and _kind(lines[at].strip()) == kind:
            at += 1
        if kind:
            yield _MADE[kind]([one.strip() for one in lines[start:at]])


def _kind(line: str) -> str:
    """What a line belongs to; empty for one that is empty."""
    if not line or line.startswith((_FENCE, _DISPLAY)):
        return "" if not line else line[:2]
    return "row" if line.startswith("|") else "entry" if line.startswith("- ") else "words"


def _paragraph(lines: Sequence[str]) -> str:
    return f"<p>{_inline(' '.join(lines))}</p>"


def _list(lines: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{_inline(line[2:])}</li>" for line in lines) + "</ul>"


def _table(lines: Sequence[str]) -> str:
    rows = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in lines]
    told = [row for row in rows if not all(re.fullmatch(r"\s*:?-+:?\s*", cell) for cell in row)]
    cells = (
        "".join(f"<{tag}>{_inline(cell.strip())}</{tag}>" for cell in row)
        for tag, row in zip(["th", *["td"] * (len(told) - 1)], told, strict=False)
    )
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


_MADE: Mapping[str, Callable[[Sequence[str]], str]] = {"row": _table, "entry": _list, "words": _paragraph}


def _inline(text: str) -> str:
    made, at = "", 0
    for found in _INLINE.finditer(text):
        made += html.escape(text[at : found.start()])
        at = found.end()
        if found["code"] is not None:
            made += f"<code>{html.escape(found['code'])}</code>"
        elif found["math"] is not None:
            made += f"<span class=m>{formula_html(found['math'])}</span>"
        else:
            made += (
                f"<strong>{html.escape(found['strong'])}</strong>" if found["strong"] else html.escape(found["sign"])
            )
    return made + html.escape(text[at:])


# ---------------------------------------------------------------- formulas


def _display(text: str) -> str:
    """A formula of its own, its lines one below the other, the signs of equality in a column."""
    inside = re.sub(r"\\(begin|end)\{[a-z]+\*?\}", "", text)
    rows = [re.split(r"(?<!\\)&", line.strip(), maxsplit=1) for line in re.split(r"\\\\", inside) if line.strip()]
    pairs = (["", *row] if len(row) == 1 else row for row in rows)
    cells = ("".join(f"<td>{formula_html(cell)}</td>" for cell in row) for row in pairs)
    return '<table class="steps">' + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def formula_html(latex: str) -> str:
    """A formula in LaTeX as text with high and low letters."""
    return _Formula(latex).all()


class _Formula:
    """A formula that is read from left to right."""

    def __init__(self, latex: str) -> None:
        self._tokens = _TOKEN.findall(latex)
        self._at = 0

    def all(self) -> str:
        made = ""
        while self._at < len(self._tokens):
            made += self._sequence(0)
            self._at += 1  # a bracket that closes nothing
        return re.sub(r"  +", " ", made).strip()

    def _sequence(self, depth: int) -> str:
        made = ""
        while self._at < len(self._tokens) and self._tokens[self._at] != "}":
            made += self._one(depth)
        return made

    def _one(self, depth: int) -> str:
        sign_ = self._tokens[self._at]
        self._at += 1
        match sign_:
            case "{":
                return self._group(depth)
            case "^" | "_":
                tag = "sup" if sign_ == "^" else "sub"
                return f"<{tag}>{self._argument(depth)}</{tag}>"
            case "&":
                return " "
        if sign_.startswith("\\"):
            return self._command(sign_[1:], depth)
        if sign_.isspace():
            return ""
        if len(sign_) == 1 and sign_.isalpha():
            return f"<i>{sign_}</i>"
        if sign_ in "=+<>-":
            return f" {html.escape(sign_.replace('-', '−'))} "
        return html.escape(sign_.replace("{,}", ","))

    def _group(self, depth: int) -> str:
        if depth >= _DEEPEST:
            self._at = len(self._tokens)
            return "…"
        inside = self._sequence(depth + 1)
        self._at += 1
        return inside

    def _argument(self, depth: int) -> str:
        """What belongs to a sign or command: a group, or one token."""
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1
        if self._at >= len(self._tokens) or self._tokens[self._at] == "}" or depth >= _DEEPEST:
            return ""
        return self._one(depth + 1)

    def _command(self, name: str, depth: int) -> str:
        if name in _UPRIGHT:
            return self._words()
        if name in ("frac", "dfrac", "tfrac"):
            above, below = (_bracketed(self._argument(depth)) for _ in range(2))
            return f"{above}/{below}"
        if name == "sqrt":
            return f"√{_bracketed(self._argument(depth))}"
        if name == "underline":
            return f"<u>{self._argument(depth)}</u>"
        return _SIGNS.get(name, html.escape(name))

    def _words(self) -> str:
        """The words of an upright text, with their spaces."""
        if self._at >= len(self._tokens) or self._tokens[self._at] != "{":
            return ""
        end = next((i for i in range(self._at, len(self._tokens)) if self._tokens[i] == "}"), len(self._tokens))
        words = "".join(self._tokens[self._at + 1 : end])
        self._at = end + 1
        return html.escape(words)


def _bracketed(part: str) -> str:
    return part if re.fullmatch(r"(<i>\w</i>|[\w,.]+|\(.*\))", part) else f"({part})"
