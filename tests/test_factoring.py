"""Polynomials taken apart here are taken apart as by sympy, and networks with letters start without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symparams.algebra import sympy_bridge
from symparams.algebra.factoring import factor_list, factored
from symparams.algebra.formula import Symbol
from symparams.algebra.sympy_bridge import Terms
from tests.differential.family import Draw

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.arch"))


@st.composite
def products(draw: Draw) -> Terms:
    """Products of a few small polynomials in the same letters."""
    letters = draw(st.integers(1, 5))
    exponents = st.tuples(*[st.sampled_from([0, 0, 1, 1, 2])] * letters)
    coefficients = st.integers(-4, 4).filter(bool)
    whole: Terms = {(0,) * letters: 1}
    for factor in draw(
        st.lists(st.dictionaries(exponents, coefficients, min_size=1, max_size=4), min_size=1, max_size=3)
    ):
        whole = _times(whole, factor)
    assume(whole and any(map(any, whole)))
    return whole


def _times(one: Terms, other: Terms) -> Terms:
    product: Terms = {}
    for e, c in one.items():
        for f, d in other.items():
            place = tuple(map(sum, zip(e, f, strict=True)))
            product[place] = product.get(place, 0) + c * d
    return {place: c for place, c in product.items() if c}


@given(products())
def test_factors_are_those_of_sympy_in_its_order(terms: Terms) -> None:
    found = factor_list(terms)
    assert found is None or found == sympy_bridge.factor_list(terms)


@given(products())
def test_their_product_is_the_polynomial(terms: Terms) -> None:
    found = factor_list(terms)
    assume(found is not None)
    assert found is not None
    content, factors = found
    whole: Terms = {(0,) * len(next(iter(terms))): content}
    for factor, exponent in factors:
        for _ in range(exponent):
            whole = _times(whole, factor)
    assert whole == terms


@pytest.mark.parametrize(
    ("terms", "factors"),
    [
        ({(2, 1, 1): 6, (0, 0, 1): 2}, (2, [({(0, 0, 1): 1}, 1), ({(2, 1, 0): 3, (0, 0, 0): 1}, 1)])),
        (
            {(1, 1): 1, (1, 0): -2, (0, 1): -2, (0, 0): 4},
            (1, [({(0, 1): 1, (0, 0): -2}, 1), ({(1, 0): 1, (0, 0): -2}, 1)]),
        ),
        ({(2,): 4, (1,): 4, (0,): 1}, (1, [({(1,): 2, (0,): 1}, 2)])),
        ({(2,): -1, (0,): 1}, (-1, [({(1,): 1, (0,): -1}, 1), ({(1,): 1, (0,): 1}, 1)])),
        ({(2,): 1, (1,): 1, (0,): 1}, (1, [({(2,): 1, (1,): 1, (0,): 1}, 1)])),
        ({(3,): -5}, (-5, [({(1,): 1}, 3)])),
    ],
)  # fmt: skip
def test_by_hand(terms: Terms, factors: object) -> None:
    assert factor_list(terms) == factors
    assert sympy_bridge.factor_list(terms) == factors


def test_what_is_not_found_here_is_asked_of_sympy() -> None:
    cube: Terms = {(3,): 1, (0,): -8}
    assert factor_list(cube) is None
    H = Symbol("H")
    assert factored({((H, 3),): 1, (): -8}) == (
        1,
        [({((H, 1),): 1, (): -2}, 1), ({((H, 2),): 1, ((H, 1),): 2, (): 4}, 1)],
    )


def test_no_example_needs_sympy() -> None:
    code = (
        "import sys, pathlib, symparams as sp\n"
        "for name in sys.argv[1:]:\n"
        "    sp.parse(pathlib.Path(name).read_text('utf-8')).solve().to_markdown()\n"
        "print('sympy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code, *map(str, EXAMPLES)], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
