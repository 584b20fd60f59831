"""A question as people post it: prose with code, a printed table, or both, each read by its own way in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, partial

from symparams.algebra.formula import as_formula, symbols
from symparams.errors import Place, Source, Span, SymparamsError
from symparams.layers import CATALOGUE, key
from symparams.model.network import Network
from symparams.reading.added_inputs import with_added_inputs
from symparams.reading.as_counted import as_counted
from symparams.reading.asking import inquiry, named_in
from symparams.reading.compared import models_of, parts_of, rows_of, spoken_model, together
from symparams.reading.exercises.attaching import layers_told
from symparams.reading.exercises.network import exercise, untold
from symparams.reading.inline_calls import calls_in_sentences, rows_in_sentences
from symparams.reading.joining import joined, with_told_sizes
from symparams.reading.lines import spoken_lines
from symparams.reading.mismatches import Mismatch, fitted, mismatches
from symparams.reading.prose import has_prose, has_question, nothing
from symparams.reading.python.damaged import Text
from symparams.reading.python.mending import code_spans
from symparams.reading.python.program import read_python, read_text
from symparams.reading.python.published import published_calls
from symparams.reading.reading import Reading
from symparams.reading.retold import retold
from symparams.reading.tables.finding import find_tables
from symparams.reading.tables.summary import TableReading, read_summary
from symparams.reading.tables.telling import told_beside
from symparams.reading.told_counts import told_count
from symparams.reading.told_dilations import with_told_dilations
from symparams.reading.told_layers import told_layer
from symparams.reading.told_sizes import called_inputs
from symparams.sources.language import built
from symparams.sources.reader import read_network
from symparams.sources.spelled import in_plain_signs

_LONGEST = 200_000  # characters of a question
_MISSED = 1  # layers that are told and not read: of more it is no part that is asked about
_RULE = 400  # characters of a drawn line, and of blanks around it
_RULES_BEFORE = re.compile(r"(?:^|(?<=\n))[\s_=\-─━═]+\Z")
_RULES_AFTER = re.compile(r"[ \t]*\n[\s_=\-─━═]*(?=\n|\Z)")
_SENTENCE_AROUND = re.compile(r"[^\W\d_]{2,}[ ,.?`'\"]")
_WEIGHTS = re.compile(r"\b(?:weights\b|how\s+many\b|number\s+of\b|calculat|formula|why\b[^?]{0,60}\d{3})", re.I)
_IDLE = re.compile(r"\b(?:https?://|www\.)[^\s<>()]+|\bif\s+\w+\.requires_grad\b")
_CLASS = re.compile(r"`(?:nn\.)?(\w+)\(")
_CALL = re.compile(r"\b(?:[A-Z][A-Za-z0-9]+|(?:nn|layers|slim|tf)\.\w+)[(（]")


def read_question(source: Source, model: str | None) -> Reading:
    """What the code and the table in a text say together; raises SymparamsError if there is neither."""
    text = source.text
    if model is None and (several := parts_of(source, _coded, _read_code)):
        return _set_against(source, several)
    tabled, coded = _pieces(text)
    readings: list[Reading] = []
    failures: list[SymparamsError] = []
    prose = in_plain_signs(_without(text, [*tabled, *coded, *_idle(text)]))
    told = told_beside(prose, called_inputs(prose))
    mismatch = next(mismatches(_without(text, coded)), None)
    for spans, read in ((coded, partial(_fitted, mismatch=mismatch)), (tabled, partial(read_summary, told=told))):
        if spans:
            try:
                readings.append(read(replace(source, text=_only(text, spans)), model))
            except SymparamsError as error:
                failures.append(error)
    if not readings:
        described = None if _has_layers(text, coded) or tabled else _described(source)
        if described is not None:
            return described
        raise failures[0] if failures else nothing(source)
    joint = replace(with_added_inputs(_together(readings)), kind="question", source=source, prose=prose)
    if not tabled and not any(_stands_alone(text, span) for span in coded):  # calls in sentences are no damaged code
        called = [span for row in rows_in_sentences(prose) for span in row]
        joint = replace(joint, repairs=(), models=joint.models[:1], prose=_without(prose, called))
        if model is None and (several := rows_of(source, text, _read_code)):
            return _set_against(source, several)
    if model is None and not tabled and (several := models_of(_code_of(source), joint, _read_code)):
        return _set_against(source, several)
    if model is None and not tabled:
        joint = spoken_model(_code_of(source), joint, _read_code)
    return retold(as_counted(with_told_sizes(with_told_dilations(joint))))


def _idle(text: str) -> list[Span]:
    """Where addresses stand, and conditions of sums in code: what these name is asked about by nobody."""
    return [Span(*found.span()) for found in _IDLE.finditer(text)]


def _has_layers(text: str, coded: Iterable[Span]) -> bool:
    """Whether the code calls a layer, or a class that it defines; what calls an optimizer alone has none."""
    calls = (call for span in coded for call in _CALL.finditer(text, span.start, span.end))
    names = {call[0][:-1].rpartition(".")[2] for call in calls}
    return any(key(name) in CATALOGUE or re.search(rf"\bclass\s+{name}\b", text) for name in names)


def _described(source: Source) -> Reading | None:
    """The layers that prose names without code; None where it names none, or none that there can be.

    A network that is told whole goes before layers that are only named, unless these leave no more open.
    """
    asks = _asks(source.text)
    named = _named(source) if asks else None
    whole = exercise(source.text) if asks or has_question(source.text) else None
    missing = untold(source.text) if asks and whole is None else None
    if missing is not None and (named is None or _layers(named) < missing.layers):
        raise SymparamsError(missing.said, Place(source, *missing.at))
    if whole is None and named is not None and _layers(named) + _MISSED < (many := layers_told(source.text)):
        raise SymparamsError(
            f"{many} layers are told here, but not so that they make one network; a line for each, such as "
            "`conv: 32 filters of 3x3, stride 1`, would do, and so would code or a printed table",
            source=source,
        )
    if whole is None:
        return named or (_counted(source) if asks else None)
    prose = _without(source.text, whole.told)
    reading = Reading("question", source, whole.statements, prose=prose, read_as=f"`{whole.code}`")
    return reading if named is None or _leaves_more(named, reading) else named


def _leaves_more(named: Reading, whole: Reading) -> bool:
    """Whether layers that are named cannot be built, are fewer or others, or have more letters or fewer settings."""
    with suppress(SymparamsError):
        ours, theirs = (built(one.statements, one.source) for one in (whole, named))
        if len(theirs.nodes) < len(ours.nodes) or _open(theirs) > _open(ours):
            return True
        called = _CLASS.match(named.read_as)
        if called is not None and called[1] in named.source.text:  # which the text names itself
            return False
        kinds = ([type(node.layer) for node in network.nodes] for network in (ours, theirs))
        settings = (one.read_as.partition(" on an ")[0].count("=") for one in (named, whole))
        return next(kinds) != next(kinds) or next(settings) < next(settings)
    return True


def _layers(reading: Reading) -> int:
    """How many layers a reading has, beside its input."""
    with suppress(SymparamsError):
        network = built(reading.statements, reading.source)
        return sum(node.layer.inputs != "none" for node in network.nodes)
    return 0


def _open(network: Network) -> tuple[int, int]:
    """How many letters the parameters have, and how many have no value at all."""
    return len({*symbols(as_formula(network.counts.params))}), list(network.symbols.values()).count(None)


def _named(source: Source) -> Reading | None:
    """The layers that prose names, as calls of their framework."""
    layer = told_layer(source.text)
    if layer is None:
        return None
    origins = [layer.at] * (len(layer.code) + 1)
    with suppress(SymparamsError):
        reading = read_text(source, Text(layer.code, origins), None)
        reading = with_told_sizes(replace(reading, kind="question", models=(), repairs=(), prose=source.text))
        return replace(reading, read_as=layer.read_as or f"`{layer.code}`{_on(reading)}")
    return None


def _counted(source: Source) -> Reading | None:
    """A network of which a question about memory tells nothing but the number of parameters."""
    told = told_count(source.text) if inquiry(source.text).quantity == "memory" else None
    if told is None:
        return None
    many, at = told
    statements = tuple(read_network(Source(source.name, " " * at + f"input({many}) -> param({many},add)")))
    return Reading("question", source, statements, prose=source.text, read_as=f"a network with {many:,} parameters")


def _asks(text: str) -> bool:
    """Whether a text asks about a quantity, or at least names one."""
    return bool(named_in(text)) or _WEIGHTS.search(text) is not None


def _on(reading: Reading) -> str:
    """On which input, as far as it is known."""
    with suppress(SymparamsError):
        first = built(reading.statements, reading.source).nodes[0]
        sizes = [str(size) if isinstance(size, int) else "None" for size in first.shape]
        if {*sizes} != {"None"}:
            return f" on an input of shape `({', '.join(sizes)}{',' * (len(sizes) == 1)})`"
    return ""


def _set_against(source: Source, several: list[Reading]) -> Reading:
    """Networks that are compared, each with the sizes that the prose tells."""
    tabled, coded = _pieces(source.text)
    joint = together(source, _without(source.text, [*tabled, *coded]), several)
    return replace(with_told_sizes(joint), alternatives=tuple(map(with_told_sizes, joint.alternatives)))


def _coded(text: str) -> list[Span]:
    """Where code stands that has its lines for itself."""
    tabled, coded = _pieces(text)
    return [] if tabled else coded


def _code_of(source: Source) -> Source:
    """The code of a text alone."""
    return replace(source, text=_only(source.text, _pieces(source.text)[1]))


def _fitted(source: Source, model: str | None, mismatch: Mismatch | None) -> Reading:
    """Code whose sizes do not fit, as a message says, with the size that arrives; any other as it is."""
    code = None if mismatch is None else fitted(source.text, mismatch)
    if code is not None:
        with suppress(SymparamsError):
            reading = read_text(source, code, model)
            built(reading.statements, source)
            return reading
    return _read_code(source, model)


def _read_code(source: Source, model: str | None) -> Reading:
    """A program, or calls of layers alone."""
    try:
        return read_python(source, model)
    except SymparamsError as error:
        with suppress(SymparamsError):
            statements = tuple(read_network(source))
            built(statements, source)
            return Reading("arch", source, statements)
        raise error from None


@lru_cache(4)
def _pieces(text: str) -> tuple[list[Span], list[Span]]:
    """Where the tables stand, and where the code."""
    tabled = [_with_rules(text, table.at) for table in find_tables(text, "<text>")]
    rest = _without(text, tabled)
    bare = _without(rest, spoken_lines(rest))
    coded = [span for span in code_spans(bare) if rest[span.start : span.end].strip()]
    alone = [span for span in coded if _stands_alone(rest, span)]
    return tabled, alone or ([] if tabled else calls_in_sentences(rest)) or coded


def _stands_alone(text: str, span: Span) -> bool:
    """Whether code has its lines for itself: a call in the middle of a sentence belongs to the prose."""
    before = text[: span.start].rpartition("\n")[2]
    after = text[span.end :].partition("\n")[0]
    return not _SENTENCE_AROUND.search(before) and not _SENTENCE_AROUND.search(after.partition("#")[0])


def _with_rules(text: str, table: Span) -> Span:
    """A table with the drawn lines above and below it."""
    before = _RULES_BEFORE.search(text[max(table.start - _RULE, 0) : table.start])
    after = _RULES_AFTER.match(text, table.end, table.end + _RULE)
    return Span(table.start - (len(before[0]) if before else 0), after.end() if after else table.end)


def recognised(text: str) -> float:
    """How sure it is that prose stands around code or a table."""
    if len(text) > _LONGEST:
        return 0.0
    with suppress(SymparamsError):
        tabled, coded = _pieces(text)
        prose = in_plain_signs(_without(text, [*tabled, *coded]))
        if (tabled or coded) and (has_prose(prose) or any(mismatches(prose))):
            return 0.95
        if tabled and coded:
            return 0.95
        if not tabled and not coded and has_prose(text):
            asks = _asks(text)
            told = (asks and (told_layer(text) or told_count(text)) is not None) or (
                (asks or has_question(text)) and exercise(text) is not None
            )
            return 0.9 if told else 0.0
    return 0.0


def is_code(text: str) -> float:
    """How sure it is that a text is code."""
    if _CALL.search(text) is None and not published_calls(text[:_LONGEST], "keras", "torch"):
        return 0.0
    return 0.7 if len(text) > _LONGEST or _pieces(text)[1] else 0.0


def _together(readings: Sequence[Reading]) -> Reading:
    """What code and a table say together; a list of weights says nothing that the code does not."""
    if len(readings) < 2:
        return readings[0]
    code, table = readings
    return code if isinstance(table, TableReading) and table.lists_weights else joined(code, table)


def _only(text: str, spans: Iterable[Span]) -> str:
    """The text with blanks in place of everything else, so that places stay as they are; each part begins a line."""
    kept = list(_blank(text))
    behind = 0  # the part before
    for start, end in spans:
        kept[start:end] = text[start:end]
        if start > behind > text.rfind("\n", 0, start) + 1:
            kept[start - 1] = "\n"
        behind = end
    return "".join(kept)


def _without(text: str, spans: Iterable[Span]) -> str:
    """The text with blanks in place of these parts."""
    kept = list(text)
    for start, end in spans:
        kept[start:end] = _blank(text[start:end])
    return "".join(kept)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
