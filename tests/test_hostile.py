"""Hostile input ends with the message, in little memory; each case runs in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.forking import Commands, Done, commands
from tests.helpers import marked

CASES = {
    "10 MB of source": ("'#' * 10**7", "the source is larger than 8 MiB, which is the limit"),
    "10^9 copies": ("'input(3) -> [relu] * 10^9'", "1,000,000,000 copies are more than 100,000, which is the limit"),
    "nested copies": ("'input(3) -> [[relu] * 1000] * 1000'", "more than 100,000 layers, which is the limit"),
    "copies of nothing": ("'input(3) -> [[id] * 99999] * 99999'", "more than 100,000 layers, which is the limit"),
    "macros that double": (
        "'def a0 = relu\\n' + ''.join(f'def a{i+1} = a{i} -> a{i}\\n' for i in range(60)) + 'input(3) -> a60'",
        "more than 100,000 layers, which is the limit",
    ),
    "macros that double nothing": (
        "'def a0 = id\\n' + ''.join(f'def a{i+1} = a{i} -> a{i}\\n' for i in range(60)) + 'input(3) -> a60'",
        "more than 100,000 layers, which is the limit",
    ),
    "macros in macros": (
        "'def a0 = relu\\n' + ''.join(f'def a{i+1} = a{i}\\n' for i in range(2000)) + 'input(3) -> a2000'",
        "macros are nested more than 100 deep, which is the limit",
    ),
    "brackets 10^5 deep": (
        "'input(3) -> ' + '[' * 10**5",
        "brackets are nested more than 100 deep, which is the limit",
    ),
    "parentheses 10^5 deep": ("'input(' + '(' * 10**5", "brackets are nested more than 100 deep, which is the limit"),
    "braces 10^5 deep": ("'input(3) -> ' + '{' * 10**5", "brackets are nested more than 100 deep, which is the limit"),
    "10^6 digits": ("'input(' + '9' * 10**6 + ')'", "this number has more than 1,000 digits, which is the limit"),
    "10^6 digits after the point": ("'input(3) -> dropout(0.' + '9' * 10**6 + ')'", "more than 1,000 digits"),
    "powers of powers": ("'input(9^9^9^9)'", "a power here has more than 1,000 digits, which is the limit"),
    "a long tower": ("'input(' + '2^' * 10**5 + '1)'", "more than 100 powers of powers, which is the limit"),
    "a long division": ("'input(' + '2/' * 10**5 + '1)'", "more than 100 divisions in one product, which is the limit"),
    "a power of a letter": ("'input((H + 1)^99999)'", "an exponent must be a whole number of at most 1,000"),
    "lets that double": (
        "'let a0 = 10\\n' + ''.join(f'let a{i+1} = a{i}*a{i}\\n' for i in range(60)) + 'input(a60)'",
        "an expression with more than 1,000 terms, which is the limit",
    ),
    "macros that double their value": (
        "'def a0(x)=dense(x)\\n' + ''.join(f'def a{i+1}(x)=a{i}(x*x+1)\\n' for i in range(60)) + 'input(3)->a60(H)'",
        "are nested too deeply to be read",
    ),
    "parameters that double": (
        "'def m(a0=10' + ''.join(f', a{i+1}=a{i}*a{i}' for i in range(39)) + ') = dense(a39)\\ninput(3) -> m'",
        "a number here has more than 1,000 digits, which is the limit",
    ),
    "facts that square": (
        "'where ' + ', '.join(f'a{i+1} == a{i}*a{i} + 1' for i in range(24)) + '\\ninput(a24)'",
        "are nested too deeply to be read",
    ),
    "lets in a row": (
        "'let a0 = x\\n' + ''.join(f'let a{i+1} = 1 + x^a{i}\\n' for i in range(900)) + 'input(a900)'",
        "the formulas here are nested too deeply to be read",
    ),
    "a large product": ("'input(' + '*'.join(['9' * 900] * 3) + ')'", "a number here has more than 1,000 digits"),
    "a large sum of letters": (
        "'input(' + '+'.join(f'x{i % 200}' for i in range(20000)) + ')'",
        "more than 1,000 terms",
    ),
    "sizes that square": (
        "'input(9, C) -> [dense(channels^2 + 1)] * 50'",
        "the formulas here grow too large to be worked out",
    ),
    "sizes that double": (
        "'input(9, C) -> [dense(channels//2 + channels//3)] * 12'",
        "has more than 300 terms, which is the limit",
    ),
    "many facts": ("'where ' + ','.join(f'x{i} >= 3' for i in range(20000)) + '\\ninput(3)'", "more than 1,000 facts"),
    "many axes": ("'input(' + ','.join(['2'] * 900) + ')'", "a shape has more than 16 axes, which is the limit"),
    "many arguments": ("'input(' + ','.join(['2'] * 9000) + ')'", "more than 1,000 arguments, which is the limit"),
    "many branches": ("'input(3) -> {' + '|'.join(['id'] * 9000) + '} -> add'", "more than 1,000 branches"),
    "a large power of a sum": ("'input((H + W + C)^300) -> dense(3)'", "the formulas here grow too large"),
    "a continued fraction": ("'input(' + '1/(1 + ' * 49 + 'H' + ')' * 49 + ')'", "are nested too deeply to be read"),
    "escape sequences": ("'input(3) \\x1b[31m -> relu'", "the character U+001B is not a character of the language"),
    "20,000 letters": (
        "'input(C) -> ' + ' -> '.join(f'dense(C{k})' for k in range(20000))",
        "more than 1,000 letters, which is the limit",
    ),
    "copies in copies that grow": (
        "'input(H, W, 3) -> ' + '[' * 30 + 'conv(channels + 1, 3, same)' + '] * N' * 30",
        "copies in copies whose sizes change have more than 1,000 layers to be tried, which is the limit",
    ),
    "loops in loops": (
        (
            "'input(3) -> ' + '[' * 12 + 'dense(' + '+'.join(f'i{k}' for k in range(12)) + ')'"
            " + ''.join(f' for i{k} in 1..n{k}]' for k in range(12))"
        ),
        "copies in copies whose sizes change have more than 1,000 layers to be tried, which is the limit",
    ),
    "channels that square from copy to copy": (
        "'input(H, W, 3) -> [conv(channels^2, 3, same)] * N'",
        "has no formula that could be proved; give the number of copies as a number",
    ),
    "letters in every place of 60 convolutions": (
        "'input(H, W, C) -> ' + ' -> '.join(f'conv(C{k}, k{k}, s=s{k}, p=p{k}, d=d{k})' for k in range(60))",
        "the height has more than 300 terms, which is the limit",
    ),
    "max in max": (
        "'input(H) -> dense(' + 'max(' * 60 + 'a' + ''.join(f', b{k})' for k in range(60)) + ')'",
        "the formulas here are nested too deeply to be read",
    ),
    "images enlarged by a fraction": (
        "'convention torch input(3, H, W) -> [upsample(1.0001)] * 60'",
        "are nested too deeply to be read",
    ),
    "layers in layers in layers": (
        "'input(9, 9) -> ' + 'bidirectional(' * 1000 + 'lstm(3)' + ')' * 1000",
        "brackets are nested more than 100 deep, which is the limit",
    ),
    "an equation of 10^5 letters": (
        "'input(16, 32) -> einsum(\"' + 'abc' * 40000 + ',cd->abd\", 3)'",
        "the equation has more than 100 characters, which is the limit",
    ),
    "10^1000 experts": ("'input(T, d) -> moe(10^1000, 2, h)'", "a number here has more than 1,000 digits"),
    "a vocabulary that is too large": (
        "'input(9) -> embedding(10^999, 10^999) as e -> tied(@e)'",
        "a number here has more than 1,000 digits, which is the limit",
    ),
}

# What ends with a result: a text, and what stands behind `symparams`.
ANSWERED = {
    "900 lets in a row": (
        "'let a0 = 1\\n' + ''.join(f'let a{i+1} = a{i} + 1\\n' for i in range(900)) + 'input(a900) -> dense(1)'",
        "solve",
    ),
    "a product of 16 sums": (
        "'input(' + ','.join(f'(a{k} + b{k} + c{k})' for k in range(16)) + ') -> flatten -> dense(3)'",
        "solve",
    ),
    "floors in floors": (
        "'input(H) -> dense(' + 'floor(' * 60 + 'a' + ''.join(f'/b{k})' for k in range(60)) + ')'",
        "solve --quantity all",
    ),
    "copies in copies 90 deep": ("'input(H, W, 3) -> ' + '[' * 90 + 'relu' + '] * N' * 90", "solve --quantity all"),
    "more bytes than a float can tell": (
        "'input(10^900) -> reshape(' + ','.join(['10^60'] * 15) + ')'",
        "solve --quantity all --style textbook",
    ),
    "10^900 layers in one": (
        "'convention torch input(T, d) -> lstm(8, layers=10^900, bidirectional)'",
        "solve --quantity all --format latex",
    ),
    "a transformer of 10^900 layers": (
        "'input(10, 512) as s input(10, 512) as t { @s | @t } -> transformer(512, 8, 10^900, 10^900)'",
        "solve --quantity all --format json",
    ),
    "powers of powers that are summed": ("'input(3) -> [dense(i^i) for i in 1..n]'", "solve --quantity all"),
    "floors that are summed": (
        "'input(H, W, 3) -> [[conv(i//3 + j//5 + 1, 3, same) for i in 1..n//2] for j in 1..m//3]'",
        "solve --quantity all",
    ),
    "a budget of 900 digits for two letters": (
        "'input(C) -> dense(n)'",
        "find --unknown C --unknown n --target params<=" + "9" * 900,
    ),
    "two letters below floors": (
        "'input(H, W, 3) -> [maxpool(3, s=2) -> conv(8, 2)] * 6 -> flatten -> dense(10)'",
        "find --unknown H --unknown W --target params=123456123456123456",
    ),
    "two letters in high powers": (
        "'input(n) -> dense(m^90) -> dense((n + m)^50)'",
        "find --unknown n --unknown m --target params=" + "9" * 300,
    ),
    "two letters where one is lost": (
        "'input(n) -> dense(min(m, n)*max(n, 2*m))'",
        "find --unknown n --unknown m --target params=99999999999",
    ),
    "a sum without closed form to be met": (
        "'input(3) -> [dense(i^i) for i in 1..n]'",
        "find --unknown n --target params=123456",
    ),
}


SLOW = (  # more than a second each
    "floors in floors", "floors that are summed", "macros that double", "macros that double nothing",
    "20,000 letters", "copies in copies that grow", "images enlarged by a fraction",
    "facts that square", "a long division", "a long tower", "a large power of a sum", "many facts",
    "two letters in high powers", "two letters where one is lost", "two letters below floors",
)  # fmt: skip


@pytest.fixture(scope="module")
def command() -> Iterator[Commands]:
    with commands() as found:
        yield found


def done(command: Commands, text: str, words: str) -> Done:
    """What the command line says of a text, which took little memory beside the text itself."""
    given = eval(text)
    found = command.run(*words.split(), "-", given=given)
    assert found.megabytes - 2 * len(given) // 2**20 < 200
    return found


@pytest.mark.parametrize("name", marked(ANSWERED, pytest.mark.slow, *SLOW))
def test_hostile_and_answered(name: str, command: Commands) -> None:
    found = done(command, *ANSWERED[name])
    assert found.status == 0, found.err[-500:]


@pytest.mark.parametrize("name", marked(CASES, pytest.mark.slow, *SLOW))
def test_hostile(name: str, command: Commands) -> None:
    text, message = CASES[name]
    found = done(command, text, "solve")
    assert found.status == 2, found.err[-500:]
    assert message in found.err
    assert len(found.err) < 1000
    assert "Traceback" not in found.err


@pytest.mark.slow
def test_many_layers_are_allowed() -> None:
    import symparams as sp

    assert sp.parse("input(8) -> [dense(8) -> relu] * 49999").params == 49999 * 72
