"""Texts drawn by chance: networks with every kind of repetition, facts, targets, answers, and texts that are broken."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import cache

from symparams.layers import CATALOGUE
from tests.conftest import EXAMPLES

LETTERS = ("H", "W", "C", "F", "k", "N", "n", "T", "d")
NUMBERS = ("0", "1", "2", "3", "7", "16", "64", "97", "1000", "65537", "10^12", "2^64", "10^300", "9" * 40)
TOKENS = (
    "->", "-> ", "[", "]", "(", ")", "{", "}", "|", "*", "^", "//", "/", "%", "+", "-", ",", "=", "==", "<=", "..", "@",
    "as x", " for i in 1..n", " for i in 0..3", "] * N", "] * 3", "where ", "let a = ", "def m(f) = ",
    "range F in 1..9", "input(", "conv(", "dense(", "concat", "share(@x)", "floor(", "ceil(", "max(", "channels",
    "#", '"', "\n", "é", "⌊", "⌋", "\x00", "\u202e", "𝟙", "²", "−", "×",
)  # fmt: skip
BRACKETS = ("⌊⌋", "⌈⌉", "()", "[]", "{}", "||")


@cache
def corpus() -> Sequence[str]:
    """Texts that are right: the examples, and what shows each layer."""
    layers = sorted({entry.layer.example for entry in CATALOGUE.values()})
    return [*(path.read_text("utf-8") for path in sorted(EXAMPLES.glob("*.arch"))), *layers]


def broken(chance: random.Random) -> str:
    """A right text that was cut, spliced with another one, or changed in some places."""
    text = chance.choice(corpus())
    for _ in range(chance.randint(1, 4)):
        text = _changed(chance, text)
    return text


def _changed(chance: random.Random, text: str) -> str:
    at, to = sorted(chance.randint(0, len(text)) for _ in range(2))
    match chance.randrange(7):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + text[min(to, at + 40) :]
        case 2:
            return text[:to] + text[max(at, to - 40) :]
        case 3:
            other = chance.choice(corpus())
            return text[:at] + other[chance.randint(0, len(other)) :]
        case 4:
            numbers = [i for i, sign in enumerate(text) if sign.isdigit()] or [0]
            where = chance.choice(numbers)
            return text[:where] + chance.choice((*NUMBERS, *LETTERS, f"({size(chance)})")) + text[where + 1 :]
        case 5:
            return f"{text[:at]}[{text[at:to]}] * {chance.choice(('N', '2', '100', '(n//2)', '0'))}{text[to:]}"
    return text[:at] + chance.choice(TOKENS) + text[at:]


def noise(chance: random.Random) -> str:
    """Words of the language in no order."""
    words = (*TOKENS, *LETTERS, *NUMBERS, *sorted(CATALOGUE))
    return " ".join(chance.choice(words) for _ in range(chance.randint(1, 60)))


def size(chance: random.Random, letters: Sequence[str] = LETTERS, depth: int = 2) -> str:
    """An arithmetic expression."""
    if depth == 0 or chance.random() < 0.3:
        return chance.choice((*letters, "2", "3", "5", "16"))
    a, b = (size(chance, letters, depth - 1) for _ in range(2))
    form = chance.choice(("{}+{}", "{}*{}", "({}-{})", "{}//{}", "ceil({}/{})", "max({}, {})", "min({}, {})", "{}%{}"))
    return form.format(f"({a})", f"({b})") if form[0] == "{" else form.format(a, b)


# ---------------------------------------------------------------- networks with repetition

IMAGES = (
    "conv({}, 3, same)", "conv({}, k, same) -> relu", "conv({}, 3)", "conv({}, 3, same, s=2)", "maxpool(2)", "bn",
    "depthwise(3, same)", "separable({}, 3, same)", "{{ conv({}, 1) | id }} -> concat", "conv(channels, 3, same, d=2)",
    "tconv({}, 2, s=2)", "conv({}, 3, same) as a -> share(@a)",
)  # fmt: skip
SEQUENCES = (
    "lstm({}, sequences)", "gru({}, sequences)", "conv({}, 3, causal, dilation=2)", "dense({})", "ln",
    "encoderlayer(2, {})", "attention(2)", "bidirectional(lstm({}, sequences))", "ffn({})", "dropout(0.1)",
)  # fmt: skip
FEATURES = ("dense({})", "dense({}) -> relu", "bn", "dense({}, bias=no)", "dropout(0.5)")
KINDS = (
    ("input(32, 32, 3)", IMAGES), ("input(H, W, C)", IMAGES), ("input(T, 8)", SEQUENCES), ("input(16, 8)", SEQUENCES),
    ("input(8)", FEATURES), ("input(C)", FEATURES), ("input(3)", FEATURES),
)  # fmt: skip
GROWING = (
    "8*i",
    "i",
    "2^i",
    "channels*2",
    "channels + 4",
    "channels//2 + 1",
    "8*2^i",
    "i^2 + 1",
    "16 - i",
    "max(i, 3)",
)
EQUAL = ("8", "16", "channels", "F", "d", "k_h")
TAILS = ("", " -> flatten -> dense(10)", " -> gap -> dense(K)", " -> dense(7)", " -> conv(5, 1)", " -> dense(channels)")


def repeated(chance: random.Random) -> str:
    """A network with brackets: equal copies, copies for an index, sizes that grow, brackets in brackets."""
    start, layers = chance.choice(KINDS)
    items = [start]
    for _ in range(chance.randint(1, 3)):
        chain = _chain(chance, layers, EQUAL)
        items.append(chain if chance.random() < 0.2 else _bracket(chance, layers, 2))
    return " -> ".join(items) + chance.choice(TAILS)


def _chain(chance: random.Random, layers: Sequence[str], sizes: Sequence[str]) -> str:
    return " -> ".join(chance.choice(layers).format(chance.choice(sizes)) for _ in range(chance.randint(1, 2)))


def _bracket(chance: random.Random, layers: Sequence[str], depth: int) -> str:
    if depth and chance.random() < 0.15:
        inner = _bracket(chance, layers, depth - 1)
        return f"[{inner}] * {chance.choice(('N', '2', 'n', '3'))}"
    if chance.random() < 0.5:
        last = chance.choice(("n", "3", "N", "n + 1", "2*n", "12", "1"))
        return f"[{_chain(chance, layers, GROWING)} for i in {chance.choice(('0', '1', '1', '1', '2'))}..{last}]"
    sizes = (*EQUAL, *(grown for grown in GROWING if "i" not in grown))
    copies = chance.choice(("N", "n", "2", "3", "100", "(N//2)", "(n + 1)", "0", "1"))
    return f"[{_chain(chance, layers, sizes)}] * {copies}"


# ---------------------------------------------------------------- facts and targets

FACTS = (
    "{a} % {n} == 0", "{a} % {n} == 1", "{a} >= {n}", "{a} <= {n}", "{a} > {b}", "{a} == 2*{b}", "2*{a} % {n} == 0",
    "{a}*{b} <= {n}", "{a} != {n}", "({a} + {b}) % {n} == 3", "{a} == {b}", "{a} < {n}", "{a}^2 % {n} == 1",
)  # fmt: skip
FACTORS = ("2", "3", "4", "7", "16", "97", "977", "983", "991", "997", "65537", "10^9 + 7", "1000")


def facts(chance: random.Random, letters: Sequence[str]) -> str:
    """Some facts about letters."""
    found = []
    for _ in range(chance.randint(1, 5)):
        one = chance.choice(letters)
        others = [letter for letter in letters if letter != one] or [chance.choice(FACTORS)]
        found.append(chance.choice(FACTS).format(a=one, b=chance.choice(others), n=f"({chance.choice(FACTORS)})"))
    return f"where {', '.join(found)}"


def target(chance: random.Random, quantities: Sequence[str]) -> str:
    sign = chance.choice(("=", "<=", ">=", "<", ">"))
    return f"{chance.choice(quantities)} {sign} {chance.choice((*NUMBERS, *map(str, range(100, 10**6, 12345))))}"


# ---------------------------------------------------------------- answers


def answer(chance: random.Random, letters: Sequence[str] = LETTERS) -> str:
    """What somebody may type: numbers, shapes and formulas, in brackets of every kind, right or wrong."""
    match chance.randrange(10):
        case 0:
            return nested(chance)
        case 1:
            return chance.choice(NUMBERS)
        case 2:
            return size(chance, letters, 3)
        case 3:
            return chance.choice((" x ", "×", ", ", "; ")).join(size(chance, letters, 1) for _ in range(3))
        case 4:
            return _changed(chance, size(chance, letters, 3))
        case 5:
            return "".join(chance.choice((*TOKENS, *NUMBERS, *letters)) for _ in range(chance.randint(1, 30)))
        case 6:
            return f"{chance.choice(letters)} = {size(chance, letters, 3)} = {chance.choice(NUMBERS)} parameters"
        case 7:
            return f"({size(chance, letters, 2)})^({size(chance, letters, 2)})"
    return str(chance.randrange(10 ** chance.randint(1, 7)))


def letters_of(text: str) -> Sequence[str]:
    """Those letters that stand in a network."""
    return [letter for letter in LETTERS if re.search(rf"\b{letter}\b", text)] or LETTERS


def nested(chance: random.Random) -> str:
    """A number or a letter in brackets of one or several kinds, which may not close, to any depth that can be typed."""
    depth = chance.choice((1, 2, 3, 10, 50, 99, 100, 101, 199, 300, 499, 600))
    kinds = chance.choice((BRACKETS[:1], BRACKETS[1:2], BRACKETS[:2], BRACKETS[2:3], BRACKETS[5:], BRACKETS))
    pairs = [chance.choice(kinds) for _ in range(depth)]
    core = chance.choice(("1", "630", "k", "H/2", "", "3*3", "18,207"))
    if chance.random() < 0.3 and depth <= 100:  # with something in between
        opened = "".join(f"{pair[0]}{chance.choice(('', '', '1+', '2*', '-'))}" for pair in pairs)
        closed = "".join(f"{chance.choice(('', '', '/2', '+1'))}{pair[1]}" for pair in reversed(pairs))
    else:
        opened, closed = "".join(pair[0] for pair in pairs), "".join(pair[1] for pair in reversed(pairs))
    return opened + core + closed[: len(closed) - chance.choice((0, 0, 0, 1, depth))]
