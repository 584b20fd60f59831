"""Networks that a text sets against each other: "replace … by …", "… vs. …", two models of which one is cheaper."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from symparams.errors import Span
from symparams.reading.python.mending import parsed

MOST = 4  # networks that are set against each other
_WORD = r"(?:by|to|into|vs\.?|versus|or|and|with|against|instead\s+of|compared\s+(?:to|with)|→|-+>|=+>)"
_NEW = (
    r"(?:replaced?\s+(?:(?:it|this|that)\s+)?(?:by|with)|instead(?:\s+of)?|versus|vs\.?|against|alternativ\w+"
    r"|(?:second|new|other|modified|changed)\s+(?:version|variant|option|one|model|network|block|layer|stem))"
)
_DIVIDER = re.compile(  # a line alone that says that what follows stands in place of what stands before
    rf"^[ \t]*(?:{_WORD}|[^\n=()]{{0,80}}\b{_NEW}\b[^\n=()]{{0,60}}(?<=:)|[^\n=()]{{0,60}}\b{_NEW}:?)[ \t]*:?[ \t]*$",
    re.I | re.M,
)
_COMPARED = re.compile(
    r"\b(?:vs|versus|compar\w+|instead\s+of|differ(?:s|ence)?\s+(?:\w+\s+){0,4}between|such\s+a\s+difference|cheaper|fewer|smaller|larger|bigger|lighter|heavier"
    r"|half|twice|times\s+as|replac\w+|which\s+(?:of|one|is|has)|both|swapp\w+|alternativ\w+)\b",
    re.I,
)
_SEVERAL = re.compile(
    r"\b(?:both|(?:the|these|those|of)\s+(?:two|three|four)\b|which\s+(?:of|one)\b|(?:two|three|four)\s+(?:\w+\s+)?"
    r"(?:versions?|variants?|options?|models?|networks?|layers?|blocks?|stems?)"
    r"|differ(?:s|ence)?\s+(?:\w+\s+){0,4}between|(?:such\s+a|this)\s+difference)\b",
    re.I,
)


_NEAR = 80  # characters between two calls, and before them, that set them against each other
_AGAINST = re.compile(r"\b(?:vs|versus|instead\s+of|rather\s+than|than|against|or)\b|\bcompared\s+(?:to|with)\b", re.I)
_PAIRED = re.compile(r"\b(?:by|with|to|for|and)\b", re.I)
_CHANGED = re.compile(r"\b(?:replac|swap|exchang|chang|switch|differ|compar|between|both)\w*\b[^.?!]*$", re.I)
_FOLLOWS = re.compile(r"\b(?:after|before|behind|then|follow\w*|into|feeds?)\b", re.I)


def sets_against(text: str, start: int, end: int, other: int) -> bool:
    """Whether a layer, called from `start` to `end`, is set against the one that is called at `other`."""
    between = text[end:other]
    if len(between) > _NEAR or _FOLLOWS.search(between):
        return False
    changed = _CHANGED.search(text[max(start - _NEAR, 0) : start])
    return _AGAINST.search(between) is not None or (changed is not None and _PAIRED.search(between) is not None)


def divided(text: str) -> list[Span]:
    """The parts of a text between lines such as "by" and "vs."; one part where there are none."""
    marks = list(_DIVIDER.finditer(text))[: MOST - 1]
    edges = [0, *(edge for mark in marks for edge in mark.span()), len(text)]
    return [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def is_about_several(prose: str) -> bool:
    """Whether prose speaks of several networks together."""
    return _SEVERAL.search(prose) is not None


def compares(prose: str) -> bool:
    """Whether prose speaks of one network in comparison with another."""
    return _COMPARED.search(prose) is not None


def are_independent(codes: Sequence[str]) -> bool:
    """Whether no piece of code goes on with a name that one before it has made."""
    made: set[str] = set()
    for code in codes:
        tree = parsed(code)
        if not isinstance(tree, ast.Module):
            return False
        if made & _needed(tree.body):
            return False
        made |= {name.id for name in ast.walk(tree) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
        made |= {one.name for one in ast.walk(tree) if isinstance(one, (ast.FunctionDef, ast.ClassDef))}
    return True


def _needed(body: Iterable[ast.stmt]) -> set[str]:
    """The names that statements use before they make them."""
    made: set[str] = set()
    needed: set[str] = set()
    for statement in body:
        names = [name for name in ast.walk(statement) if isinstance(name, ast.Name)]
        needed |= {name.id for name in names if isinstance(name.ctx, ast.Load)} - made
        made |= {name.id for name in names if isinstance(name.ctx, ast.Store)}
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            made.add(statement.name)
    return needed


def title(code: str) -> str:
    """What a piece of code is called: by its only variable; empty where it has none, or several."""
    tree = parsed(code)
    body = tree.body if isinstance(tree, ast.Module) else []
    names = [one.targets[0].id for one in body if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)]
    return names[0] if len(names) == len(body) == 1 else ""
