"""Ranges of letters: the values that they hold, what they state, and who respects them."""

from __future__ import annotations

import json
import math
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.choices import Choices
from symparams.errors import RangeError, Source, SymparamsError
from symparams.sources.printer import printed
from symparams.sources.reader import read_network
from tests.helpers import condition_holds, net, value
from tests.test_cli import refused, run

PIECES = st.builds(lambda first, n, step: range(first, first + n * step, step), *[st.integers(1, 40)] * 3)
SINGLES = st.integers(1, 60).map(lambda n: range(n, n + 1))
CHOICES = st.lists(PIECES | SINGLES, min_size=1, max_size=6)
NET = "input(28, 28, 1) -> conv(32, 5) -> conv(64, k)"
HUGE = Choices([range(1, 10**18, 7)])


def text_of(pieces: list[range]) -> str:
    return ", ".join(f"{p[0]}..{p[-1]} step {p.step}" if len(p) > 1 else str(p[0]) for p in pieces)


# ---------------------------------------------------------------- Choices


@given(CHOICES)
def test_choices_are_a_sorted_set(pieces: list[range]) -> None:
    choices, meant = Choices(pieces), sorted({n for p in pieces for n in p})
    assert list(choices) == meant
    assert len(choices) == len(meant)
    assert [choices[i] for i in range(-len(meant), len(meant))] == meant * 2
    assert choices[1:5:2] == tuple(meant[1:5:2])
    assert [n for n in range(2000) if n in choices] == meant
    assert (choices.smallest, choices.largest) == (min(meant), max(meant))
    assert all(one[-1] < other[0] for one, other in zip(choices.pieces, choices.pieces[1:], strict=False))
    with pytest.raises(IndexError):
        choices[len(meant)]


@given(CHOICES, CHOICES)
def test_choices_are_equal_if_their_values_are(one: list[range], other: list[range]) -> None:
    assert (Choices(one) == Choices(other)) == ({n for p in one for n in p} == {n for p in other for n in p})
    alone = Choices(range(n, n + 1) for p in reversed(one) for n in p)
    assert alone == Choices(one)
    assert hash(alone) == hash(Choices(one))


@given(CHOICES, st.integers(1, 200), st.integers(1, 200) | st.none())
def test_choices_between_two_numbers(pieces: list[range], first: int, last: int | None) -> None:
    choices = Choices(pieces)
    assert list(choices.between(first, last)) == [n for n in choices if first <= n <= (last or n)]


@given(CHOICES)
def test_the_remainder_that_all_share_is_the_largest(pieces: list[range]) -> None:
    choices = Choices(pieces)
    modulus, rest = choices.remainder
    if not modulus:
        assert list(choices) == [rest]
        return
    assert {n % modulus for n in choices} == {rest}
    assert modulus == math.gcd(*(n - choices[0] for n in choices))


def test_long_ranges_cost_nothing() -> None:
    assert len(HUGE) == (10**18 + 5) // 7
    assert HUGE[10**17] == 7 * 10**17 + 1
    assert HUGE[-1] in HUGE
    assert 2 not in HUGE
    assert HUGE.index(8) == 1
    assert Choices([range(1, 10**9), range(5, 6), range(10**9, 10**9 + 1)]).pieces == (range(1, 10**9 + 1),)
    assert Choices([range(8, 10**9, 8), range(100, 101)])[11:14] == (96, 100, 104)


def test_how_choices_are_written() -> None:
    def dotted(pieces: list[range]) -> str:
        return ", ".join("…" if n is None else str(n) for n in Choices(pieces).dotted())

    assert dotted([range(3, 8, 2)]) == "3, 5, 7"
    assert dotted([range(1, 3), range(8, 65, 8), range(100, 101)]) == "1, 2, 8, 16, …, 64, 100"
    squares = dotted([range(n * n, n * n + 1) for n in range(1, 1001)])
    assert squares.startswith("1, 4, 9, ")
    assert squares.endswith(", …, 1000000")
    assert len(squares) < 100


# ---------------------------------------------------------------- the language


@given(CHOICES)
def test_a_range_has_the_values_that_are_written(pieces: list[range]) -> None:
    text = f"range n in {text_of(pieces)}\ninput(9)"
    network = sp.parse(text)
    assert network.ranges == {"n": Choices(pieces)}
    assert list(network.symbols) == ["n"]
    assert network.text == printed(read_network(Source("<test>", network.text)))
    assert sp.parse(network.text).ranges == network.ranges


def test_what_may_stand_in_a_range() -> None:
    text = "let m = 4\nrange k in m, 2^3..m*m step m/2, 64/2\nrange b in 3\ninput(9)\n"
    network = sp.parse(text)
    assert network.ranges == {"k": Choices([range(4, 5), range(8, 17, 2), range(32, 33)]), "b": Choices([range(3, 4)])}
    assert network.text == text
    assert list(sp.parse(text, m=6).ranges["k"]) == [6, *range(8, 36, 3)]
    with pytest.raises(SymparamsError, match="m/2 is empty: 8 is above 4"):
        sp.parse(text, m=2)


def test_the_words_stay_names() -> None:
    text = "def range = input(9) range -> dense(step) -> dense(range) as step @step -> relu"
    assert [*sp.parse(text).symbols] == ["step", "range"]
    assert sp.parse("range range in 1, 2 range step in 3..9 step 3 input(9)").ranges == {
        "range": Choices([range(1, 3)]),
        "step": Choices([range(3, 10, 3)]),
    }


def test_a_range_states_facts() -> None:
    halves = net("range H in 8..64 step 8 input(H, H, 1) -> maxpool(2) -> maxpool(4)")
    assert str(halves.nodes[-1].shape[0]) == str(
        net("where H % 8 == 0 input(H, H, 1) -> maxpool(8)").nodes[-1].shape[0]
    )
    assert not net("range H in 8..64 input(H, H, 1) -> conv(3, 8)").conditions
    assert net("range H in 7..64 input(H, H, 1) -> conv(3, 8)").conditions
    with pytest.raises(SymparamsError, match="does not fit"):
        net("range H in 4..7 input(H, H, 1) -> conv(3, 8)")


def test_a_range_of_one_value_is_that_value() -> None:
    one = sp.parse(f"range k in 5 {NET}")
    assert one.params == sp.parse(NET, k=5).params
    assert one.ranges == {"k": Choices([range(5, 6)])}


@given(CHOICES, st.sampled_from(["n != 7", "n % 2 == 1", "n <= 30, n > 3", "2*n + 1 >= 21", "n % 3 == 1, n % 2 == 0"]))
def test_facts_on_the_letter_alone_drop_values(pieces: list[range], facts: str) -> None:
    checks = [check.replace("==", "== ") for check in facts.split(", ")]
    left = [n for n in Choices(pieces) if all(eval(check, {"n": n}) for check in checks)]
    text = f"range n in {text_of(pieces)} where {facts} input(n)"
    if not left:
        with pytest.raises(SymparamsError, match=r"the fact .* contradicts n in"):
            sp.parse(text)
        return
    assert list(sp.parse(text).ranges["n"]) == left


def test_facts_with_other_letters_leave_the_values() -> None:
    assert len(sp.parse("range k in 1..9 where k < H, k % 3 != m input(H) -> dense(k)").ranges["k"]) == 9
    assert list(sp.parse("range k in 2, 3, 5, 9 where k == n, n == 5 input(k)").ranges["k"]) == [5]
    assert sp.parse("range n in 1..10^9 where n > 10^8, n < 2*10^8 input(n)").ranges["n"].smallest == 10**8 + 1


# ---------------------------------------------------------------- values from outside


def test_set_wins_and_stays_in_the_range() -> None:
    text = f"range k in 3, 5, 7 {NET}"
    assert sp.parse(text, k=5).params == sp.parse(NET, k=5).params
    assert sp.parse(text, k=5).ranges == {}
    assert sp.parse(text, k="k").ranges == sp.parse(text).ranges
    assert sp.parse(text).subs(k=7).params == sp.parse(NET, k=7).params
    assert sp.parse(text, k="m + 1").ranges == sp.parse(text).ranges
    for wrong in (4, 9, "1/2 + 3", "0 - 3"):
        with pytest.raises(RangeError, match="is not in its range 3, 5, 7"):
            sp.parse(text, k=wrong)
    assert refused("summary", "-e", text, "--set", "k=4").startswith("<command line>:1:7: k = 4 is not in its range")
    with pytest.raises(SymparamsError, match="the range k in 3, 5, 7 contradicts"):
        sp.parse(text, k="m + 7")


# ---------------------------------------------------------------- documents


@pytest.mark.parametrize("style", ["steps", "formula", "lesson", "table", "textbook"])
def test_documents_print_ranges(style: str) -> None:
    solution = sp.parse(f"range k in 3, 5, 7 range F in 8..64 step 8 where F < 60 {NET} -> conv(F, 1)").solve()
    assert "Given: k ∈ {3, 5, 7}, F ∈ {8, 16, …, 56}, F < 60." in " ".join(solution.to_text(style).split())  # type: ignore[arg-type]
    math_ = r"$k \in \lbrace 3, 5, 7 \rbrace$, $F \in \lbrace 8, 16, \dots, 56 \rbrace$, $F < 60$."
    assert math_ in solution.to_markdown(style)  # type: ignore[arg-type]
    assert math_ in solution.to_latex(style)  # type: ignore[arg-type]


def test_long_lists_of_values_can_break() -> None:
    powers = ", ".join(f"{10**n + n}" for n in range(1, 12))
    solution = sp.parse(f"range k in {powers} input(9) -> dense(k)").solve()
    assert f"Given: k ∈ {{{powers}}}." in solution.to_text()
    numbers = powers.split(", ")
    assert rf"$k \in \lbrace {numbers[0]},$ ${numbers[1]},$ " in solution.to_markdown()


def test_json_has_ranges() -> None:
    contents = json.loads(sp.parse(f"range k in 1, 2, 8..64 step 8 {NET}").solve().to_json())
    stretches = [{"first": 1, "last": 2, "step": 1}, {"first": 8, "last": 64, "step": 8}]
    assert contents["ranges"] == {"k": stretches}
    assert "ranges" not in json.loads(sp.parse(NET).solve().to_json())


# ---------------------------------------------------------------- questions


@given(CHOICES, st.integers(1, 60), st.sampled_from(["=", "<=", ">=", "<", ">"]))
def test_find_finds_what_is_in_the_range(pieces: list[range], at: int, relation: str) -> None:
    network = sp.parse(f"range n in {text_of(pieces)} input(9) -> dense(n) -> dense(n)")
    wanted = 10 * at + at * (at + 1)
    holds = {"=": "=="}.get(relation, relation)
    meant = [n for n in Choices(pieces) if eval(f"{10 * n + n * (n + 1)} {holds} {wanted}")]
    if len(network.ranges["n"]) == 1:
        with pytest.raises(SymparamsError, match="there is nothing to search for"):
            network.find("n", target=f"params {relation} {wanted}")
        return
    finding = network.find("n", target=f"params {relation} {wanted}")
    assert list(finding.values) == meant
    assert finding.complete
    if relation == "=":
        assert (f"Outside its range, n = {at} would fit." in finding.to_text()) == (not meant)


def test_find_says_what_the_range_excludes() -> None:
    finding = sp.parse(f"range k in 3, 7 {NET}").find("k", target="params = 52096")
    assert finding.values == ()
    assert "Outside its range, k = 5 would fit." in finding.to_text()
    assert json.loads(finding.to_json())["outside_range"] == [{"first": 5, "last": 5, "step": 1}]
    assert "outside_range" not in json.loads(sp.parse(NET).find("k", target="params = 52096").to_json())
    few = sp.parse(f"range k in 10..20 {NET}").find("k", target="params <= 52096")
    assert "Outside its range, every k from 1 to 5 would fit." in few.to_text()
    fitting = sp.parse(f"range k in 3, 5 {NET}").find("k", target="params = 52096")
    assert fitting.values == (5,)
    assert "Outside" not in fitting.to_text()
    _, text, _ = run("find", "-e", f"range k in 3, 7 {NET}", "--target", "params=52096", "--format", "text")
    assert text == finding.to_text()


def test_what_only_divisibility_by_the_range_makes_true_is_no_claim_outside() -> None:
    # In the range the size is H/8; outside it is rounded down, so 17 has as many numbers as 16.
    text = "range H in 8, 24..64 step 8 input(H, 1, 1) -> maxpool((8, 1)) -> flatten -> dense(1)"
    finding = sp.parse(text).find("H", target="params = 3")
    assert finding.values == ()
    assert "Outside its range, every H from 16 to 23 would fit." in finding.to_text()


def test_find_in_long_ranges_pairs_and_copies() -> None:
    long = sp.parse("range n in 5, 1..10^9 step 24 input(9) -> dense(n)")
    assert long.find("n", target="params = 250").values == (25,)
    assert long.find("n", target="params = 50").values == (5,)
    assert long.find("n", target="params <= 500").values == (1, 5, 25, 49)
    assert not sp.parse("range n in 1..10^9 step 3001 input(9) -> dense(n)").find("n", target="params = 50").complete
    pairs = sp.parse("range a in 2..9 step 7 range b in 1..40 step 3 input(9) -> dense(a) -> dense(b)")
    meant = [(a, b) for a in (2, 9) for b in range(1, 41, 3) if 10 * a + (a + 1) * b == 100]
    assert pairs.find("a", "b", target="params = 100").values == tuple(meant) != ()
    symbolic = sp.parse("range k in 6, 8 input(k) -> dense(1)", k="2*n")
    assert symbolic.find("n", target="params <= 100").values == (3, 4)


def test_find_builds_the_values_of_a_range_where_there_is_no_formula() -> None:
    text = (
        "input(64, 64, 1) -> [conv(k, 3, s=2, same)] * (k - 9) -> [{ id | conv(k^i, 1) } -> concat for i in 1..k - 9]"
    )
    wanted = sp.parse(text, k=11).params
    for values, answer in (("10..12", "k = 11."), ("10..12 step 2", "No k gives exactly")):
        _, found, _ = run("find", "-e", f"range k in {values} {text}", "--unknown=k", f"--target=params={wanted}")
        assert answer in found.replace("$", "")


def test_compare_respects_ranges() -> None:
    one = sp.parse("range n in 2..20 step 6 input(9) -> dense(n)")
    other = sp.parse("input(n) -> dense(10)")  # 10n + 10 against 10n
    text = sp.compare(one, sp.parse("range n in 5..20 input(9) -> dense(12) -> dense(1)")).to_text()
    assert "Given for A: n ∈ {2, 8, 14, 20}. Given for B: n ∈ {5, 6, …, 20}." in text
    assert "A has fewer for n = 8; more for n = 14 or 20." in text
    assert "Given for A" in sp.compare(one, other).to_text()
    with pytest.raises(RangeError):
        sp.compare(one, other, n=3)
    with pytest.raises(SymparamsError, match="no value of `n` is allowed in both networks"):
        sp.compare(one, sp.parse("range n in 3..7 input(n) -> dense(10)"))


# ---------------------------------------------------------------- every value does


@given(st.sampled_from(["3..9 step 2", "2, 4, 8", "5..50 step 15", "7"]), st.sampled_from([1, 2, 3]))
def test_formulas_hold_for_every_value(values: str, stride: int) -> None:
    text = f"input(H, H, 1) -> conv(H, 2, s={stride}) -> avgpool(2, same) -> flatten -> dense(H)"
    network = net(f"range H in {values} {text}")
    for n in islice(network.ranges["H"], 20):
        if not all(condition_holds(c, {"H": n}) for c in network.conditions):
            continue
        assert value(network.counts.params, {"H": n}) == net(f"let H = {n} {text}").counts.params
