"""Which values of a letter give a network a certain number of parameters, or fit a budget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from symparams import limits
from symparams.algebra.choices import Choices
from symparams.algebra.equality import expanded
from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Number, Symbol, as_formula
from symparams.algebra.normal_form import formula_of
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.numbersets import NumberSet, everything, points
from symparams.algebra.shortest_form import shortest
from symparams.algebra.simplification import poly
from symparams.algebra.solving import Found, grows, letters_of, solutions, value_for
from symparams.algebra.substitution import replaced_inside
from symparams.errors import SymparamsError, nearest
from symparams.model.network import Network
from symparams.quantities.derivation import derive
from symparams.quantities.named_layers import layer_named
from symparams.quantities.totals import sum_over_layers, total_of
from symparams.questions.building import by_building
from symparams.questions.domain import both, domain
from symparams.questions.equations import Equation, equations_to
from symparams.questions.findings import SHOWN, Build, Finding, Row
from symparams.questions.targets import Target, holds

PAIRS = 2_000  # values of one letter that are gone through where two are unknown
PAIRS_SHOWN = 10 * SHOWN  # the same where a solution is a pair of values


@limits.search()
def find(build: Build, letters: Sequence[str], target: Target) -> Finding:
    """All positive whole numbers for the letters that give the target."""
    if len(set(letters)) != len(letters) or len(letters) > 2:
        raise SymparamsError("name one unknown or two different ones")
    try:
        network = build({})
    except SymparamsError as error:
        if len(letters) == 1:
            return by_building(build, letters[0], target, error)
        raise
    letters = tuple(letters) or _only_letter(network)
    for name in letters:
        _check_letter(name, network)
    formula = as_formula(shortest(total_of(network, target.what, target.layer), network.facts))
    others = [name for name in letters_of(formula) if name not in letters]
    if others:
        listed, them = " and ".join(f"`{x}`" for x in others), "it a value" if len(others) == 1 else "them values"
        raise SymparamsError(f"the number of {target.what.plural} depends on {listed} too; give {them} with --set")
    unknown = [name for name in letters if name in letters_of(formula)]
    if len(unknown) == 2:
        return _two(build, network, unknown, target, formula)
    letter = unknown[0] if unknown else letters[0]
    free = tuple(Symbol(name) for name in letters if name != letter)
    finding = replace(_one(build, network, letter, target, formula), free=free)
    if letter in network.ranges and unknown and (finding.numbers.is_empty or target.relation == "=="):
        return replace(finding, outside=_outside(build, network.ranges[letter], letter, target))
    return finding


def _outside(build: Build, choices: Choices, letter: str, target: Target) -> NumberSet:
    """The first values that fit but for the range."""
    free = partial(build, without_ranges=True)
    try:
        fitting = find(free, (letter,), target).numbers
    except SymparamsError:
        return points([])
    return fitting if fitting.is_endless else points(n for n in fitting.first(SHOWN) if n not in choices)


def _only_letter(network: Network) -> tuple[str, ...]:
    free = [name for name, value in network.symbols.items() if value is None]
    if len(free) != 1:
        listed = f"has the letters {', '.join(free[:8])}" if free else "has no free letters"
        raise SymparamsError(f"say which letter is wanted with --unknown; the network {listed}")
    return (free[0],)


def _check_letter(name: str, network: Network) -> None:
    if name not in network.symbols:
        free = [x for x, value in network.symbols.items() if value is None]
        known = f"; its letters are {', '.join(free[:8])}" if free else "; it has none that is free"
        raise SymparamsError(f"there is no letter `{name[:60]}` in the network{nearest(name, free) or known}")
    if network.symbols[name] is not None:
        raise SymparamsError(f"`{name}` has a value already; to search for it, take the value away")
    if name in network.facts.equal:
        if number(network.facts.equal[name]) is not None:
            one = shown(network.facts.equal[name], SOURCE)
            raise SymparamsError(f"`{name}` is {one} by a fact (`where` or `range`); there is nothing to search for")
        raise SymparamsError(f"`{name}` follows from other letters by a fact (`where`); ask for those")


# ---------------------------------------------------------------- one letter


def _one(build: Build, network: Network, letter: str, target: Target, formula: Formula) -> Finding:
    allowed = domain(network, letter)
    right = as_formula(target.amount)
    alone = solutions(formula, target.relation, right, letter)
    solution = both(allowed, alone)
    numbers = _that_build(build, letter, target, solution.numbers)
    depends = letter in letters_of(formula)
    equations = equations_to(formula, letter, target.relation, target.amount) if depends else ()
    rows = _rows(formula, letter, target, numbers, allowed.numbers) if depends else _some_row(numbers, formula, target)
    more = len([row for row in rows if row.fulfils]) != numbers.count
    return Finding(
        network,
        (Symbol(letter),),
        target,
        _lines(network, target, formula),
        equations,
        numbers,
        rows,
        depends=depends,
        grows=alone.grows,
        tried=solution.tried,
        more=more,
    )


def _lines(network: Network, target: Target, formula: Formula) -> tuple[Formula, ...]:
    """Where the formula comes from: the sum over the layers, or the rule of the layer with its values."""
    having = [each.name for each in network.nodes if target.what.of_layer(each) != 0]
    if target.layer is None and len(having) != 1:
        return tuple(dict.fromkeys([sum_over_layers(network, target.what), formula]))
    layer_node = layer_named(network, target.layer or having[0])
    rule = derive(
        target.what.name, "", target.what.rule(layer_node), target.what.of_layer(layer_node), layer_node.derived.facts
    )
    lines = [rule.rule, rule.substitution] if not layer_node.repeats else []
    return tuple(dict.fromkeys([*lines, formula]))


def _that_build(build: Build, letter: str, target: Target, numbers: NumberSet) -> NumberSet:
    """The numbers without ends for which the network cannot be built, and a check of those that stay."""
    for _ in range(SHOWN):
        if numbers.is_empty:
            break
        count = numbers.count
        some = numbers.first(SHOWN) if target.relation == "==" or (count or SHOWN) < SHOWN else [numbers.smallest]
        some += [] if numbers.is_endless else [numbers.largest]
        wrong = [n for n in some if not _builds(build, {letter: n}, target)]
        if not wrong:
            break
        for n in wrong:
            numbers = numbers.without(n)
    return numbers


def _builds(build: Build, values: Mapping[str, int], target: Target) -> bool:
    """Whether the network with these values can be built; that it fulfils the target is certain then."""
    try:
        network = build({name: Number(n) for name, n in values.items()})
        limits.searched(len(network.nodes) // 2)
        count = total_of(network, target.what, target.layer)
    except SymparamsError:
        return False
    return isinstance(count, int) and holds(count, target)


def _rows(formula: Formula, letter: str, target: Target, numbers: NumberSet, allowed: NumberSet) -> tuple[Row, ...]:
    """The solutions, or the ends of their range, and what stands beside them."""
    wanted: set[int] = set()
    if not numbers.is_empty and target.relation == "==":
        wanted |= set(numbers.first(SHOWN))
    elif not numbers.is_empty:
        wanted.add(numbers.smallest)
        wanted |= set() if numbers.is_endless else {numbers.largest}
        wanted |= {n for n in _beside(allowed, wanted) if n not in numbers}
    else:
        wanted |= _nearest_counts(formula, letter, target, allowed)
    rows = []
    for n in sorted(wanted):
        count = value_for(formula, letter, n)
        if count is not None:
            rows.append(Row((n,), count, n in numbers))
    return tuple(rows)


def _beside(allowed: NumberSet, numbers: set[int]) -> Iterator[int]:
    """The next allowed number below and above each."""
    for n in numbers:
        below = allowed & everything(1, n - 1)
        above = allowed & everything(n + 1)
        if not below.is_empty:
            yield below.largest
        if not above.is_empty:
            yield above.smallest


def _nearest_counts(formula: Formula, letter: str, target: Target, allowed: NumberSet) -> set[int]:
    """Where the quantity comes nearest to the target from below and from above."""
    right = as_formula(target.amount)
    step = replaced_inside(formula, letter, Symbol(letter) + 1) - formula
    turns = {m for r in ("<", "==", ">") for m in solutions(step, r, Number(0), letter).numbers.ends()}
    near = {n + d for n in turns for d in (-1, 0, 1)}
    nearest_values: set[int] = set()
    for relation, choose in (("<", max), (">", min)):
        side = both(Found(allowed), solutions(formula, relation, right, letter)).numbers
        counts = {n: value_for(formula, letter, n) for n in {*side.ends(), *(n for n in near if n > 0 and n in side)}}
        known = {n: count for n, count in counts.items() if count is not None}
        if known:
            best = choose(known.values())
            nearest_values.add(min(n for n, count in known.items() if count == best))
    return nearest_values


def _some_row(numbers: NumberSet, formula: Formula, target: Target) -> tuple[Row, ...]:
    """What is the same for every value, shown at the smallest."""
    count = number(formula)
    return () if numbers.is_empty or count is None else (Row((numbers.smallest,), count, holds(count, target)),)


# ---------------------------------------------------------------- two letters


def _two(build: Build, network: Network, letters: Sequence[str], target: Target, formula: Formula) -> Finding:
    if target.relation in (">=", ">"):
        raise SymparamsError(
            f"there are infinitely many pairs with {target.what.plural} {target.relation} {target.amount}; "
            "give one of the letters a value with --set, or ask with = or <="
        )
    rows, tried = _pairs(network, letters, target, formula)
    rising = all(grows(formula_of(expanded(poly(formula))), x) for x in letters)
    if target.relation != "==" and rising:
        rows = _outermost(rows)
    checked: list[Row] = []
    for done, row in enumerate(sorted(rows, key=lambda row: row.values)):
        if len(checked) == PAIRS_SHOWN or (done >= SHOWN and limits.search_is_over()):
            break
        if _builds(build, dict(zip(letters, row.values, strict=True)), target):
            checked.append(row)
    return Finding(
        network,
        tuple(map(Symbol, letters)),
        target,
        _lines(network, target, formula),
        (Equation(formula, target.relation, as_formula(target.amount)),),
        points(row.values[0] for row in checked),
        tuple(checked),
        depends=True,
        grows=rising,
        tried=tried,
        more=len(checked) < len(rows) and (len(checked) == PAIRS_SHOWN or limits.search_is_over()),
    )


def _pairs(network: Network, letters: Sequence[str], target: Target, formula: Formula) -> tuple[list[Row], int | None]:
    """The pairs by the formula, and up to where the letter with fewer values was gone through (None: to its end)."""
    ranges = {x: _range(network, formula, x, other, target) for x, other in (letters, reversed(letters))}
    outer = min(letters, key=lambda x: (ranges[x].count is None, ranges[x].count))
    inner = next(x for x in letters if x != outer)
    count = ranges[outer].count
    several = ranges[outer].first(PAIRS)
    allowed = domain(network, inner)
    rows: list[Row] = []
    tried = None if count is not None and count <= PAIRS else several[-1]
    for n in several:
        if limits.search_is_over() and n > several[0]:
            return rows, n - 1
        at = replaced_inside(formula, outer, Number(n))
        solution = both(allowed, solutions(at, target.relation, as_formula(target.amount), inner))
        tried = tried if solution.tried is None else n
        numbers = solution.numbers
        if numbers.is_empty:
            continue
        several_fit = target.relation == "==" or numbers.is_endless
        for m in numbers.first(SHOWN) if several_fit else [numbers.largest]:
            result = value_for(at, inner, m)
            if result is not None:
                rows.append(Row((m, n) if inner == letters[0] else (n, m), result, True))
    return rows, tried


def _outermost(rows: Sequence[Row]) -> list[Row]:
    """The pairs that no other one exceeds in both letters."""
    kept: list[Row] = []
    for row in sorted(rows, key=lambda row: row.values, reverse=True):
        if not kept or row.values[1] > kept[-1].values[1]:
            kept.append(row)
    return kept


def _range(network: Network, formula: Formula, letter: str, other: str, target: Target) -> NumberSet:
    """The values of a letter that can stand in a pair; bounded where the quantity grows with the other."""
    allowed = domain(network, letter).numbers
    if not grows(formula_of(expanded(poly(formula))), other):
        return allowed
    from_one = solutions(replaced_inside(formula, other, Number(1)), "<=", as_formula(target.amount), letter)
    return both(Found(allowed), from_one).numbers
