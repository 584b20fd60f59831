"""The form of a stem: what is left of it without numbers and without the names of layers, networks and settings."""

from __future__ import annotations

import re

# What stands for something else in another question of the same form, and the mark that takes its place.
_TAKEN_OUT = (
    (r"(?s)─.*─\n", "NETWORK "),
    (r"(?m)^(?:A layer receives the output|A row with two names|The layers after )(?:.+\n)+", ""),
    (r"(?m)^(?:The letters? |The layers? \S+ (?:to|stands?) )(?:.+\n)+", ""),
    (r"(?m)(?:^    .*\n?\n?)+", "NETWORK "),
    (r"\s+", " "),
    (r"[Tt]he layer \S+ \([^)]*\)", "LAYER"),
    (r"\bthe layer \S+\.", "LAYER."),
    (r"In (?:Keras|PyTorch), an? .*? receives an input of .*?\.(?= |$)", "LAYER receives INPUT."),
    (r"In (?:Keras|PyTorch), an? .*?; \S+ \([^)]*\) is not given\.", "LAYER with SYMBOLS, without one."),
    (r"In (?:Keras|PyTorch), take an? .*?\.(?= |$)", "LAYER with SYMBOLS."),
    (r"(?:, “[^”]*”)? \((?:Keras|PyTorch) conventions[^)]*\)", ""),
    (r" in (?:Keras|PyTorch)\b", ""),
    (r"as a formula in .*\?", "as a formula in LETTERS?"),
    (r"What is \S+\?", "What is SYMBOL?"),
    (r"With twice .*? and everything", "With twice SETTING and everything"),
    (r"In design A, .*; in design B, .*?\.(?= |$)", "DESIGNS."),
    (r"Each of the \d+ .*? of", "Each of the UNITS of"),
    (r"\d+(?: × \d+)+", "SHAPE"),
    (r"\d+(?:x\d+)+", "SHAPE"),
    (r"\d[\d,]*", "NUMBER"),
)


def form_of(stem: str) -> str:
    """The form of a stem, which is a text without marks for thousands."""
    for pattern, mark in _TAKEN_OUT:
        stem = re.sub(pattern, mark, stem)
    return stem.strip()
