"""What the labels of appendices begin with: `sp`, or, where a book has several, a name of each one's own."""

from __future__ import annotations

import re

USUAL = "sp"  # what the labels of an appendix begin with where nobody gives another name
_ATTRIBUTE = re.compile(r'\b(label|to|also)="([^"]*)"')


def renamed(label: str, name: str) -> str:
    """A label of an appendix that has a name."""
    return f"{name}{label[len(USUAL) :]}" if label.startswith(f"{USUAL}:") else label


def relabelled(text: str, name: str) -> str:
    """An appendix in the format `tree`, its labels and what refers to them with a name of its own."""

    def written(found: re.Match[str]) -> str:
        labels = " ".join(renamed(label, name) for label in found[2].split(" "))
        return f'{found[1]}="{labels}"'

    return _ATTRIBUTE.sub(written, text)
