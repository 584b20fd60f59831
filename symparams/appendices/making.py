"""Networks -> the record of their appendix."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from symparams.appendices.entries import solution_of
from symparams.appendices.exercises import exercises_of
from symparams.appendices.notation import notation_of
from symparams.appendices.record import Appendix
from symparams.appendices.rules import Collected
from symparams.appendices.sections import SectionMaker
from symparams.documents.labels import file_slugs
from symparams.errors import Source
from symparams.model.network import Network

EXERCISES = 8  # unless another number is asked for


def appendix_of(networks: Sequence[tuple[Source, Network]], exercises: int = EXERCISES) -> Appendix:
    """The appendix on some networks, with so many exercises at most."""
    collected = Collected()
    solutions = [solution_of(network) for _, network in networks]
    titles = [_title(source, network) for source, network in networks]
    for solution, title in zip(solutions, titles, strict=True):
        collected.add(solution, title)
    groups = collected.groups()
    slugs = file_slugs((source, network.title) for source, network in networks)
    sections = tuple(
        SectionMaker(solution, collected.rules).section(slug, title, file_of(source))
        for (source, _), solution, slug, title in zip(networks, solutions, slugs, titles, strict=True)
    )
    every = [rule for group in groups for rule in group.rules]
    return Appendix(
        groups,
        notation_of(every),
        sections,
        exercises_of(list(zip(sections, solutions, strict=True)), collected.rules, exercises),
        tuple(dict.fromkeys(solution.convention for solution in solutions)),
        tuple(sorted({citation.key for rule in every for citation in rule.sources})),
    )


def file_of(source: Source) -> str:
    """The name of the file that a network stands in; empty where it is none."""
    return "" if source.name.startswith("<") else Path(source.name).name


def _title(source: Source, network: Network) -> str:
    return network.title or Path(file_of(source)).stem or "Network"
