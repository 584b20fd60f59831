"""The one substitution: other formulas in place of the leaves of a formula, which is built again around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symparams.algebra.formula import Formula, Symbol, parts, rebuilt, symbols


def mapped(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """The tree with `change` done to every leaf."""
    below = parts(formula)
    return rebuilt(formula, tuple([mapped(p, change) for p in below])) if below else change(formula)


def put_in(formula: Formula) -> Formula:
    """Every known symbol replaced by its value, once: the substitution line of a solution."""
    return mapped(formula, lambda leaf: leaf.value if isinstance(leaf, Symbol) and leaf.value is not None else leaf)


def can_put_in(formula: Formula) -> bool:
    """Whether some symbol of the formula still waits for its value to be put in."""
    return any(s.value is not None for s in symbols(formula))


def without_values(formula: Formula) -> Formula:
    """Every known symbol as a free letter: the rule as it holds for any values."""
    return mapped(formula, lambda leaf: Symbol(leaf.name, None, leaf.meaning) if isinstance(leaf, Symbol) else leaf)


def replaced(formula: Formula, name: str, by: Formula) -> Formula:
    """The formula with a free letter replaced."""
    return mapped(
        formula, lambda leaf: by if isinstance(leaf, Symbol) and leaf.value is None and leaf.name == name else leaf
    )


def replaced_inside(formula: Formula, name: str, by: Formula) -> Formula:
    """The same, also in what known symbols stand for, which is written in place of them."""

    def change(leaf: Formula) -> Formula:
        if not isinstance(leaf, Symbol):
            return leaf
        if leaf.value is not None:
            return replaced_inside(leaf.value, name, by)
        return by if leaf.name == name else leaf

    return mapped(formula, change)


def renamed(formula: Formula, names: Mapping[str, str]) -> Formula:
    """The formula with symbols under other names."""

    def change(leaf: Formula) -> Formula:
        return leaf.renamed(names[leaf.name]) if isinstance(leaf, Symbol) and leaf.name in names else leaf

    return mapped(formula, change)
