"""The families of models that Hugging Face's transformers builds: each one file, read into keys, classes and a network.

Such a file is a network of the language with lines in front that bind its letters to the keys of a `config.json`, and
with conditions for what a config may change:

    size vocab_size as V = 32000        # vocabulary        a number at least 1, its letter, what it is if not given
    size head_dim as c = d // h         # …                 if not given or null, computed as the library computes it
    switch attention_bias = no          # …                 true or false
    function hidden_act = silu          # …                 the name of an activation
    sizes depths = 2, 2, 6, 2           # …                 a list of numbers
    class LlamaForCausalLM = dense(V, bias=no) as lm_head   what a class puts on top; the first one if none is named
    note tie_word_embeddings = ${"…" if …}  what is said beside the network, if anything
    need num_heads = ${"has …" if …}        what the value must be, if it is not

Lines that start with % are conditions and loops; ${key} is the value of a key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined

from symparams.errors import SymparamsError
from symparams.resources import folder


class Key(NamedTuple):
    """A key of a config that the network of a family depends on."""

    kind: str  # the first word of its line: size, switch …
    names: tuple[str, ...]  # as the config may call it, the usual name first
    letters: tuple[str, ...]  # as the network calls it; () where only conditions use it
    default: str  # what stands for it if it is not given: as it is written in the language
    instead: Mapping[str, str]  # what stands for a word or null that is given in its place
    meaning: str  # for people


class Architecture(NamedTuple):
    """A class of the library: the network of its family with something on top."""

    name: str
    head: str  # a chain, with conditions


class Said(NamedTuple):
    """Something to say of the value of a key, under a condition."""

    key: str
    text: str  # a clause, with conditions; empty where it does not apply


class Family(NamedTuple):
    """A file of the folder `families`."""

    name: str  # as `model_type` has it
    about: str  # the comment at its start: papers, published totals
    keys: tuple[Key, ...]  # in the order of the file: a default may have letters of those before it
    classes: tuple[Architecture, ...]  # the first is what a config without `architectures` describes
    notes: tuple[Said, ...]  # what is said beside the network
    needs: tuple[Said, ...]  # what makes a config wrong: what the value of a key must be
    body: str  # statements of the language with conditions

    def architecture(self, name: str) -> Architecture | None:
        """The class of a name."""
        return next((one for one in self.classes if one.name == name), None)

    def key(self, name: str) -> Key:
        """The key that is usually called so."""
        return next(one for one in self.keys if one.names[0] == name)


_KEY = re.compile(
    r"(?P<kind>size|count|switch|function|gate|sizes|pair|ratio|scale|labels) (?P<names>\w+(?: or \w+)*)"
    r"(?: as (?P<letters>\w+(?:, \w+)*))? = (?P<default>[^#;]*[^#; ])(?P<instead>(?:; \w+: [^#;]*[^#; ])*)"
    r" +# (?P<meaning>.+)"
)
_CLASS = re.compile(r"class (?P<name>\w+) = (?P<head>.+)")
_SAID = re.compile(r"(?P<what>note|need) (?P<key>\w+) = (?P<text>.+)")


def family_names() -> tuple[str, ...]:
    """What `model_type` may be, in alphabetical order."""
    return tuple(sorted(path.stem for path in folder("families").glob("*.arch")))


@cache
def family(name: str) -> Family:
    """The family of a `model_type`."""
    path: Path = folder("families") / f"{name}.arch"
    return read_family(name, path.read_text("utf-8"))


def read_family(name: str, text: str) -> Family:
    """A file of the folder, taken apart; raises SymparamsError for a line before the network that is none of those."""
    about: list[str] = []
    keys: list[Key] = []
    classes: list[Architecture] = []
    said: dict[str, list[Said]] = {"note": [], "need": []}
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if key := _KEY.fullmatch(line):
            keys.append(_key(key))
        elif one := _CLASS.fullmatch(line):
            classes.append(Architecture(one["name"], one["head"]))
        elif clause := _SAID.fullmatch(line):
            said[clause["what"]].append(Said(clause["key"], clause["text"]))
        elif line.startswith("# "):
            about.append(line[2:])
        elif not line:
            body = "\n".join(lines[number + 1 :]) + "\n"
            every = tuple(keys), tuple(classes), tuple(said["note"]), tuple(said["need"])
            return Family(name, "\n".join(about), *every, body)
        else:
            raise SymparamsError(f"{name}.arch:{number + 1}: this line is neither a key nor a class: {line}")
    raise SymparamsError(f"{name}.arch: an empty line must separate keys and classes from the network")


def _key(line: re.Match[str]) -> Key:
    instead = [part.split(": ") for part in line["instead"].split("; ") if part]
    letters = tuple(line["letters"].split(", ")) if line["letters"] else ()
    names = tuple(line["names"].split(" or "))
    return Key(line["kind"], names, letters, line["default"], dict(instead), line["meaning"])


def written(text: str, values: Mapping[str, object]) -> str:
    """Text of a family with its conditions decided."""
    return _environment().from_string(text).render(values)


@cache
def _environment() -> Environment:
    """Jinja with marks that the language does not use."""
    return Environment(
        line_statement_prefix="%",
        variable_start_string="${",
        variable_end_string="}",
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        finalize=_word,
    )


def _word(value: object) -> object:
    """A value as the language writes it."""
    return ("yes" if value else "no") if isinstance(value, bool) else value
