"""Python source -> statements of the language: mended, followed, its model written down."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from typing import Any

from symparams import limits
from symparams.errors import LimitError, Place, Source, SymparamsError, listed, nearest
from symparams.reading.python.damaged import Text, whole
from symparams.reading.python.divisible import with_divisible_sizes
from symparams.reading.python.interpreter import Interpreter
from symparams.reading.python.mending import Mended, mended, parsed
from symparams.reading.python.published import published_calls
from symparams.reading.reading import Reading
from symparams.sources.unread import elsewhere, not_found


def read_python(source: Source, model: str | None = None) -> Reading:
    """The network that a program builds; of several the one of that name, else the first that is no part of another."""
    if len(source.text) > limits.SOURCE_BYTES:
        message = f"the program is larger than {limits.SOURCE_BYTES >> 20} MiB, which is the limit"
        raise LimitError(message, source=source)
    return read_text(source, whole(source.text), model)


def read_text(source: Source, code: Text, model: str | None = None) -> Reading:
    """The network that code builds whose characters stand somewhere in a source."""
    repaired = mended(code)
    if repaired is None:
        raise _not_read(source, code)
    if elsewhere(code.text):
        raise not_found(NOTHING, source)
    return followed(source, repaired, model)


def recognised(text: str) -> float:
    """How sure a look at a text makes that a program that builds a network stands in it."""
    makes = len(_MAKES.findall(text[:_LOOK])) + published_calls(text[:_LOOK], "keras", "torch")
    writes = len(_WRITES.findall(text[:_LOOK]))
    if not makes:
        return 0.0
    return min(1.0, 0.4 + 0.1 * min(makes, 4) + 0.1 * min(writes, 4))


_LOOK = 200_000  # characters that are looked at
_MAKES = re.compile(
    r"\b(?:layers|nn|keras|tf)\.[A-Z]\w+\(|\bslim\.\w+\(|\btf\.(?:(?:layers|nn)\.\w+|matmul|placeholder|get_variable)\(|\.add\(\s*[(A-Za-z]|\bnn\.Module\b|\b(?:Sequential|Model|ModuleList)\("
    r"|=\s*(?:Dense|Conv[123]D|Input|LSTM|GRU|Embedding|Flatten|Linear|Conv[123]d)\("
)
_WRITES = re.compile(
    r"\bimport (?:keras|torch|tensorflow)|\bfrom (?:keras|torch|tensorflow)|\bdef \w+\(|\w\s*=\s*\w+[\w.]*\(|^class \w",
    re.M,
)


def _not_read(source: Source, code: Text) -> SymparamsError:
    """What is said where nothing could be read: where the parser stops, if it looks as if there were code."""
    found = parsed(code.text) if recognised(code.text) > _SURE else None
    if not isinstance(found, SyntaxError):
        return not_found(NOTHING, source)
    lines = re.split(r"(?<=\n)", code.text)
    at = min(sum(map(len, lines[: (found.lineno or 1) - 1])) + max((found.offset or 1) - 1, 0), len(code.text))
    place = Place(source, code.origins[at])
    return SymparamsError(f"this is not Python that can be read or mended: {found.msg}", place)


_SURE = 0.5
NOTHING = (
    "no model was found here; looked for layers of Keras or PyTorch in Python code, such as "
    "model.add(Dense(10)), Model(inputs, outputs), nn.Sequential(…) or a class with forward"
)


def framework_of(text: str) -> str:
    """Which framework a program uses."""
    torch = len(
        re.findall(
            r"(?<!tf\.)\bnn\.\w|\btorch(?:vision)?\b|\.Module\b|\b(?:Conv[123]d|BatchNorm[123]d|MaxPool[123]d|Linear)\b",
            text,
        )
    )
    keras = len(
        re.findall(r"keras|tensorflow|\btf\.|\b(?:Dense|Conv[123]D|MaxPooling[123]D|Sequential\(\[|model\.add)\b", text)
    )
    torch, keras = torch + published_calls(text, "torch"), keras + published_calls(text, "keras")
    return "torch" if torch > keras else "keras"


def version_of(text: str) -> int:
    """Which Keras a program is written for."""
    if re.search(
        r"border_mode|nb_filter|nb_row|subsample\s*=|keras\.layers\.(core|convolutional)\b"
        r"|\b(?:Dense|SimpleRNN|LSTM|GRU|TimeDistributedDense)\([^()]{0,80}\boutput_dim\s*="
        r"|Convolution2D\(\s*\w+\s*,\s*\w+\s*,\s*\w+|W_regularizer|init\s*=\s*['\"]|\bmerge\(\[",
        text,
    ) and not re.search(r"kernel_size|kernel_initializer|Conv[12]D\(", text):
        return 1
    return 2 if re.search(r"\btf\.|tensorflow|\blr\s*=", text) else 3


def _framework(source: Source, code: str, words: frozenset[str]) -> Any:
    """The framework that a program uses, loaded when one does; Keras in the version of the program."""
    if framework_of(code) == "torch":
        return importlib.import_module("symparams.reading.python.torch").Torch(source, words)
    keras = importlib.import_module("symparams.reading.python.keras").Keras
    standalone = re.search(r"(?:from|import) keras\b", code) and not re.search(r"tensorflow|\btf\.", code)
    old = re.search(
        r"input_length|CuDNN|\bkeras\.layers\.(?:core|convolutional|recurrent|embeddings|merge)\b|nb_epoch", code
    )
    return keras(version_of(code), words, from_one(source.text) or bool(standalone and old))


def from_one(text: str) -> bool:
    """Whether a table beside the code numbers the layers of a kind from 1, as Keras did before TensorFlow had it."""
    kinds = re.findall(r"\b([a-z][a-z0-9_]*?)(_\d+)? \((?:[A-Z]\w*|$)", text)
    return bool({kind for kind, number in kinds if number == "_1"} - {kind for kind, number in kinds if not number})


def followed(source: Source, repaired: Mended, model: str | None) -> Reading:
    """What a mended program comes to."""
    words = frozenset(re.findall(r"\w+", repaired.text))
    code = repaired.text
    framework = _framework(source, code, words)
    run = Interpreter(framework, source, repaired.spans())
    framework.comments(repaired.text)
    try:
        run.program(repaired.tree.body)
        found = framework.found(run)
        if not found:
            framework.call_what_was_not(run, model)
            found = framework.found(run)
        if not found:
            raise not_found(NOTHING, source)
        name = _chosen(list(found), model, source)
        statements = framework.statements(run, found[name])
    except RecursionError:
        raise LimitError("this program is nested too deeply to be followed", source=source) from None
    names = (name, *(n for n in found if n != name))
    parts = framework.parts(found, name)
    statements, divisible = with_divisible_sizes(statements, source, channels_first=framework.kind == "torch")
    assumed = (*run.assumed, *divisible)
    return Reading(framework.kind, source, tuple(statements), tuple(repaired.repairs), assumed, names, parts=parts)


def _chosen(names: Sequence[str], wanted: str | None, source: Source) -> str:
    """The name of the model to read."""
    if wanted is None:
        return names[0]
    if wanted in names:
        return wanted
    raise SymparamsError(
        f"there is no model `{wanted}` here, but {listed(names)}{nearest(wanted, names)}", source=source
    )
