"""What docs/extending.md says of the names in symparams.extend: read off the code, signatures and comments included."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from symparams import extend

# The groups of the page, each with the modules that its names come from.
GROUPS = {
    "The declaration": ("extension", "extensions"),
    "Layers": ("model.layer", "model.arguments", "model.tensor", "model.sentence", "model.work", "layers"),
    "Formulas": ("algebra.formula",),
    "Misconceptions": ("misconceptions",),
    "Quantities": ("quantities", "model.network"),
    "Formats": ("documents.formats", "algebra.notation"),
    "Kinds of questions": ("exams",),
    "Exports": ("exports", "documents.written_question"),
    "Errors": ("errors",),
}
_FIELD = re.compile(r"^    (?P<field>[a-z]\w*: .+?)(?:  # (?P<about>.*))?$")


def reference() -> str:
    """Every name with what it is."""
    groups: dict[str, list[str]] = {title: [] for title in GROUPS}
    for name in extend.__all__:
        thing = getattr(extend, name)
        groups[_group(name, thing)] += _entry(name, thing)
    return "\n".join(line for title, lines in groups.items() for line in (f"### {title}", "", *lines, ""))


def _group(name: str, thing: Any) -> str:
    of = thing if hasattr(thing, "__qualname__") else type(thing)
    module = extend.ABOUT[name][0] if name in extend.ABOUT else of.__module__.removeprefix("symparams.")
    return next(title for title, modules in GROUPS.items() if module.startswith(modules))


def _entry(name: str, thing: Any) -> Iterator[str]:
    if name in extend.ABOUT:
        yield f"- `{name}`: {extend.ABOUT[name][1]}"
    elif inspect.isclass(thing):
        bases = [base.__name__ for base in thing.__bases__ if base.__name__ in extend.__all__]
        yield f"- `{name}`{f', a kind of `{bases[0]}`' if bases else ''}: {sentence(thing)}"
        yield from fields_of(thing)
        yield from _methods(thing)
    elif callable(thing):
        yield f"- `{name}{_signature(thing)}`: {sentence(thing)}"
    else:
        yield f"- `{name}`: {thing.expects}"


def fields_of(thing: type) -> Iterator[str]:
    """The fields of a class, each with the comment beside it or above it."""
    above: list[str] = []
    for line in inspect.getsource(thing).partition("\n    def ")[0].split("\n"):
        field = _FIELD.match(line)
        if line.startswith("    # "):
            above.append(line.removeprefix("    # "))
        elif field and not line.endswith((".", '"""')):
            about = field["about"] or " ".join(above)
            yield f"  - `{field['field']}`" + (f": {about}" if about else "")
            above.clear()


def _methods(thing: type) -> Iterator[str]:
    """What can be asked of a class, or overridden in it."""
    for name, member in vars(thing).items():
        if name.startswith("_"):
            continue
        if isinstance(member, (property, cached_property)):
            about = inspect.getdoc(member)
            yield f"  - `.{name}`" + (f": {_first(about)}" if about else "")
        elif inspect.isfunction(member):
            yield f"  - `.{name}{_signature(member)}`: {sentence(member)}"


def _signature(thing: Any) -> str:
    """(first: Formula, second: int = 3) -> Formula."""
    found = inspect.signature(thing)
    parameters = [one for one in found.parameters.values() if one.name != "self"]
    text = str(found.replace(parameters=[one.replace(default=_default(one)) for one in parameters]))
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", text.replace("Ellipsis", "…"))


def _default(parameter: inspect.Parameter) -> Any:
    """The default; one that cannot be written is dots."""
    plain = (str, int, bool, tuple, type(None), type(inspect.Parameter.empty))
    is_plain = isinstance(parameter.default, plain) and "<" not in repr(parameter.default)
    return parameter.default if is_plain or parameter.default is parameter.empty else ...


def sentence(thing: Any) -> str:
    return _first(inspect.getdoc(thing) or "")


def _first(text: str) -> str:
    return text.partition("\n\n")[0].replace("\n", " ")
