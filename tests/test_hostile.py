"""Hostile input ends with the message, in little memory; each case runs in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import EXAMPLES

# Runs the command line on a text and reports status, message and the largest memory that was used, in MB.
SCRIPT = """
import io, resource, sys
text = eval(sys.argv[1])
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
sys.argv = ["symparams", "solve", "-"]
from symparams.cli import run
try:
    run()
finally:
    (peak,) = (line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print("MB", int(peak.split()[1]) // 1024 - 2 * len(text) // 2**20)
"""

CASES = {
    "10 MB of source": ("'#' * 10**7", "the source is larger than 1 MiB, which is the limit"),
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
        "'let a0 = 1\\n' + ''.join(f'let a{i+1} = a{i} + 1\\n' for i in range(900)) + 'input(a900)'",
        "an expression nested more than 200 deep, which is the limit",
    ),
    "a large product": ("'input(' + '*'.join(['9' * 900] * 3) + ')'", "a number here has more than 1,000 digits"),
    "a large sum of letters": ("'input(' + '+'.join(f'x{i}' for i in range(20000)) + ')'", "more than 1,000 terms"),
    "sizes that square": ("'input(9, C) -> [dense(channels^2 + 1)] * 50'", "are nested too deeply to be read"),
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
}


@pytest.mark.parametrize("name", CASES)
def test_hostile(name: str) -> None:
    text, message = CASES[name]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, text], capture_output=True, text=True, cwd=EXAMPLES.parent, check=False
    )
    assert done.returncode == 2, done.stderr[-500:]
    assert message in done.stderr
    assert len(done.stderr) < 1000
    assert "Traceback" not in done.stderr
    assert int(done.stdout.split()[-1]) < 200


def test_many_layers_are_allowed() -> None:
    import symparams as sp

    assert sp.parse("input(8) -> [dense(8) -> relu] * 49999").params == 49999 * 72
