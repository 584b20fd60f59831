"""How R/exams reads an exercise in R Markdown: its sections, its lists of answers, its meta-information."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

_INLINE = re.compile(r"`r[ #]|`[ \t]*\{")  # code for knitr, inside a text
_CHUNK = re.compile(r"^[\t >]*```+\s*\{", re.MULTILINE)
_TYPES = ("schoice", "mchoice", "num", "string", "cloze")


@dataclass
class Exercise:
    question: str
    questionlist: list[str]
    solution: str
    solutionlist: list[str]
    about: dict[str, list[str]] = field(default_factory=dict)

    def right(self, answers: list[str]) -> list[bool]:
        """Whether each of some answers is right: the index of an option, or what is typed in each field."""
        solutions, (type_,) = self.about["exsolution"], self.about["extype"]
        if type_ == "schoice":
            return [solutions[0][int(answer)] == "1" for answer in answers]
        types = self.about.get("exclozetype", [type_])
        tolerances = self.about.get("extol", ["0"])
        tolerances = tolerances * len(types) if len(tolerances) == 1 else tolerances
        return [
            answer == solution
            if kind == "string"
            else _is_number(answer) and abs(Fraction(answer) - Fraction(solution)) <= Fraction(tolerance)
            for answer, kind, solution, tolerance in zip(answers, types, solutions, tolerances, strict=True)
        ]


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?|-?\d+/\d+", text) is not None


def read_exercise(text: str) -> Exercise:
    """The exercise in a file; what R would run, refuse or warn about is an error."""
    assert not _INLINE.search(text)
    assert not _CHUNK.search(text)
    lines = text.split("\n")
    question, questionlist = _with_list(_section(lines, "question"))
    solution, solutionlist = _with_list(_section(lines, "solution"))
    about = _about(_section(lines, "metainformation"))
    _check(about, question, questionlist)
    return Exercise("\n".join(question).strip("\n"), questionlist, "\n".join(solution).strip("\n"), solutionlist, about)


def _section(lines: list[str], name: str) -> list[str]:
    """The lines of a section, without its head and the line that R leaves out before the next head."""
    heads = [at for at, line in enumerate(lines) if line.startswith("====")]
    (rule,) = [at for at in heads if lines[at - 1].lower().replace("-", "").rstrip() == name]
    following = [at for at in heads if at > rule]
    if following:
        assert not lines[following[0] - 2].strip()
    return lines[rule + 1 : following[0] - 2 if following else len(lines)]


def _with_list(lines: list[str]) -> tuple[list[str], list[str]]:
    rules = [at for at, line in enumerate(lines) if line.startswith("----")]
    if not rules:
        return lines, []
    (rule,) = rules
    assert lines[rule - 1] == "Answerlist"
    items = " ".join(re.sub(r"^[*|-]\s*", r"\\item ", line) for line in lines[rule + 1 :])
    return lines[: rule - 1], [item.strip() for item in re.split(r"\\item", items)[1:]]


def _about(lines: list[str]) -> dict[str, list[str]]:
    names = re.findall(r"^(ex\w+):", "\n".join(lines), re.MULTILINE)
    assert len(set(names)) == len(names)
    found = {}
    for name in names:
        (line,) = [line for line in lines if f"{name}:" in line]
        found[name] = line.replace(f"{name}:", "").strip().split("|")
    return found


def _check(about: dict[str, list[str]], question: list[str], options: list[str]) -> None:
    (type_,) = about["extype"]
    assert type_ in _TYPES
    assert len(about["exname"]) == len(about["extitle"]) == 1
    if type_ == "schoice":
        (solution,) = about["exsolution"]
        assert len(solution) == len(options) == len(set(options))
        assert sorted(set(solution)) == ["0", "1"]
        assert solution.count("1") == 1
        assert about["exshuffle"] == ["FALSE"]
    if type_ == "cloze":
        fields = re.findall(r"##ANSWER(\d+)##", "\n".join(question))
        assert fields == [str(at) for at in range(1, len(about["exsolution"]) + 1)]
        assert len(about["exclozetype"]) == len(about["extol"]) == len(about["expoints"]) == len(fields)
