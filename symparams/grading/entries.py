"""A table of answers -> its entries: who answered what to which question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from symparams.documents.written_question import WrittenQuestion
from symparams.errors import SymparamsError
from symparams.grading.column_names import ANSWER, QUESTION, plain
from symparams.grading.columns import Columns, columns_of, headers
from symparams.grading.places import Places, short, student_of
from symparams.grading.table_lines import TableLines

_NAMED = 12  # columns in a message
_NOTHING = "-"  # what Moodle writes for what was not answered


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer as the table has it."""

    line: int
    student: str  # the name
    key: str  # by what the student is told apart from others
    paper: str
    question: str  # as it is named
    answer: str
    whole: bool  # whether the line has all answers of the student
    had: bool = False  # whether the table says that the student had this very variant


class AnswerTable:
    """A table in one of its layouts."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.passed_over: tuple[str, ...] = ()  # columns that nobody here knows

    def entries(self) -> Iterator[Entry]:
        """Everything in the table, line by line."""
        source = self.places.source
        if "\0" in source.text[:1000]:
            raise SymparamsError(f"{source.name}: this is no table of text; save it as CSV, in UTF-8")
        lines = iter(TableLines(source))
        line, header = next(lines, (1, []))
        if not any(header):
            raise SymparamsError(f"{source.name}: there are no answers in this file")
        who = columns_of(header, self.places.bank, None)
        long = _long(header) if who.name or who.key is not None else None
        yield from self._one_a_line(header, who, long, lines) if long else self._student_a_line(line, header, lines)

    # ------------------------------------------------------------ student, question, answer

    def _one_a_line(
        self, header: Sequence[str], who: Columns, at: tuple[int, int], lines: Iterator[tuple[int, list[str]]]
    ) -> Iterator[Entry]:
        """An answer a line; other columns are passed over."""
        question, answer = at
        told = [*who.name, who.key, who.paper, question, answer]
        for column in told:
            if column is not None and list(map(plain, header)).count(plain(header[column])) > 1:
                raise self.places.error(1, f"two columns are called `{short(header[column])}`")
        for line, cells in lines:
            self._check(line, cells, header)
            name, key, paper = self._who(who, cells, "")
            yield Entry(line, name, key, paper, _cell(cells, question), _cell(cells, answer), False)

    # ------------------------------------------------------------ student, 1, 2, 3 …

    def _student_a_line(
        self, line: int, header: Sequence[str], lines: Iterator[tuple[int, list[str]]]
    ) -> Iterator[Entry]:
        """A student a line."""
        columns = self._columns(line, header)
        self._check_header(line, columns.answers, header)
        for number, (here, cells) in enumerate(lines, 1):
            self._check(here, cells, header)
            name, key, paper = self._who(columns, cells, str(number))
            answers = {at: self._answer(columns, cells, at) for at in columns.answers}
            if columns.around and not any(answers.values()) and not any(map(_told, _cells(cells, columns.around))):
                continue  # who is in the course, but did not take part
            for at, answer in answers.items():
                asked = self._asked(here, columns, cells, at)
                if asked is None:
                    yield Entry(here, name, key, paper, columns.answers[at], answer, True)
                else:
                    part = _of_part(asked, _cell(cells, columns.texts[at]), answer)
                    yield Entry(here, name, key, paper, asked.identity, part, True, had=True)

    def _columns(self, line: int, header: Sequence[str]) -> Columns:
        """What the columns hold; an error if there is nothing to mark."""
        columns = columns_of(header, self.places.bank, self.places.asked)
        if columns.points and not columns.answers:
            raise self.places.error(
                line, "this table has points for the questions, such as "
                f"`{short(header[columns.points[0]])}`, but no answers; download the table of responses instead (in "
                "Moodle: Results, then Responses)",
            )  # fmt: skip
        if not columns.answers:
            raise self.places.error(line, self._no_columns(header))
        if not columns.exported:
            if not columns.name and columns.key is None:
                columns.name = [columns.others.pop(0)] if columns.others[:1] == [0] else columns.name
            columns.answers |= {at: header[at] for at in columns.others}  # of which it is said that there is none
        else:
            self.passed_over = tuple(header[at] for at in columns.others)
        return columns

    def _check_header(self, line: int, questions: Mapping[int, str], header: Sequence[str]) -> None:
        """Every column is a question, and each is there once."""
        there: dict[object, str] = {}
        for at, name in questions.items():
            place = self.places.question(line, name)
            if place in there:
                raise self.places.error(
                    line, f"the columns `{short(there[place])}` and `{short(header[at])}` are the same question"
                )
            there[place] = header[at]

    def _no_columns(self, header: Sequence[str]) -> str:
        more = f" and {len(header) - _NAMED:,} more" if len(header) > _NAMED else ""
        return (
            "the first line must name the columns: student, question and answer; or student and the questions by "
            f"number ({self.places.numbers()}), identity ({self.places.bank.questions[0].identity} …) or text; here "
            f"are {', '.join(headers(header, _NAMED, 60))}{more}"
        )

    def _answer(self, columns: Columns, cells: Sequence[str], at: int) -> str:
        answer = _cell(cells, at)
        return "" if columns.exported and answer == _NOTHING else answer

    def _asked(self, line: int, columns: Columns, cells: Sequence[str], at: int) -> WrittenQuestion | None:
        """The question that a student had, by the text that stands beside the answer; None if there is no text."""
        text = _cell(cells, columns.texts.get(at))
        if not _told(text):
            return None
        asked = self.places.asked(text, columns.answers[at])
        if asked is None:
            raise self.places.error(line, f"no question of {self.places.bank.name} is `{short(text)}`")
        return asked

    # ------------------------------------------------------------ both

    def _who(self, columns: Columns, cells: Sequence[str], otherwise: str) -> tuple[str, str, str]:
        """The name, what tells the student apart, and the paper; a form that does not ask for a name counts."""
        paper = _cell(cells, columns.paper)
        key = _cell(cells, columns.key) or student_of(paper)
        name = " ".join(filter(None, _cells(cells, columns.name))) or key
        nobody = not columns.name and columns.key is None and columns.exported
        return name or (otherwise if nobody else ""), key, paper

    def _check(self, line: int, cells: Sequence[str], header: Sequence[str]) -> None:
        if any(cells[len(header) :]):
            raise self.places.error(
                line,
                f"there are {len(cells)} cells in this line, but {len(header)} columns; a cell that holds the mark "
                'between cells needs quotation marks: "18,207"',
            )


def _of_part(asked: WrittenQuestion, text: str, answer: str) -> str:
    """An answer with the mark of its blank, where a blank is asked for by itself: the last one in the text."""
    marks = {text.rfind(blank.mark): blank.mark for blank in asked.blanks}
    return f"{marks[max(marks)]} {answer}" if answer and len(marks) > 1 and max(marks) >= 0 else answer


def _long(header: Sequence[str]) -> tuple[int, int] | None:
    """The columns of questions and of answers, where each answer has a line."""
    names = list(map(plain, header))
    first = (next((names.index(name) for name in wanted if name in names), None) for wanted in (QUESTION, ANSWER))
    question, answer = first
    return None if question is None or answer is None else (question, answer)


def _cells(cells: Sequence[str], several: Sequence[int]) -> list[str]:
    return [_cell(cells, at) for at in several]


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at] if at is not None and at < len(cells) else ""


def _told(cell: str) -> bool:
    return cell not in ("", _NOTHING)
