"""GIFT: Moodle's text format, a question a paragraph; every question counts one point there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain

from symparams.documents.written_question import BankInfo, WrittenOption, WrittenQuestion
from symparams.exams.examination import Wanted
from symparams.exports import moodle_answers as answers
from symparams.exports.export import Item, TextExport
from symparams.exports.points import title

_MOST = Fraction(9, 10)  # that a wrong choice can take away: Moodle reads two digits before the point
_ESCAPES = str.maketrans({**{sign: f"\\{sign}" for sign in "\\~=#{}:"}, "\n": "\\n"})


class Gift(TextExport):
    """GIFT, which Moodle and other systems import."""

    name = "gift"
    markup = "html"
    penalties = True
    shape_notice = answers.SHAPE_NOTICE

    def notices(self, wanted: Wanted) -> Iterator[str]:
        yield from super().notices(wanted)
        yield from answers.penalty_notices(wanted.credit.penalty, _MOST)

    def head(self, bank: BankInfo) -> str:
        made = f"// symparams {bank.version}, seed {bank.seed}, request {bank.request}"
        return f"{made}\n\n{_category(answers.category(bank.title))}"

    def item(self, asked: WrittenQuestion) -> Item:
        return answers.kept(asked, [_question(part) + "\n\n" for part in answers.one_by_one(asked)])

    def body(self, bank: BankInfo, items: Iterable[Item]) -> Iterator[str]:
        return chain([self.head(bank)], answers.grouped(items, bank, _category))

    def foot(self, bank: BankInfo) -> str:
        return ""

    def comment(self, text: str) -> str:
        return f"// {text}\n"


def _category(path: str) -> str:
    """The line that opens a category; the importer resolves \\\\ there, and nothing else."""
    return "$CATEGORY: " + path.replace("\\", "\\\\") + "\n\n"


def _question(asked: WrittenQuestion) -> str:
    """A question with one answer: its marks in a comment, its name, its text, its answers in braces."""
    marks = [f"[id:{_marked(asked.identity)}]"]
    marks += [f"[tag:{_marked(tag)}]" for tag in map(answers.tag, asked.tags) if tag]
    name = _plain(answers.title(title(asked), asked.identity))
    opening, lines = _answers(asked)
    return "\n".join(
        [
            f"// {' '.join(marks)}",
            f"::{name}::[html]{_escaped(asked.stem)} {{{opening}",
            *(f"\t{line}" for line in lines),
            f"\t####{_html(asked.solution)}",
            "}",
        ]
    )


def _answers(asked: WrittenQuestion) -> tuple[str, Iterable[str]]:
    """What stands behind the opening brace, and the lines that follow."""
    if asked.answer_type == "choice" and answers.is_truth(asked):
        key, wrong = sorted(asked.options, key=lambda option: not option.correct)
        # The feedback on the wrong answer stands first.
        return key.plain.strip().upper(), [f"#{_html(wrong.feedback)}", f"#{_html(key.feedback)}"]
    if asked.answer_type == "choice":
        return "", (_option(option, asked.share(option)) for option in asked.options)
    if answers.is_numerical(asked):
        known = [f"=%{a.percentage}%{a.text}:{a.tolerance}{_feedback(a.feedback)}" for a in answers.numbers(asked)]
        return "#", [*known, f"~#{_html(answers.OTHER)}"]
    typed = answers.spelled_patterns(asked)
    spelled = [f"=%{a.percentage}%{_plain(a.text)}{_feedback(a.feedback)}" for a in typed]
    return "", [*spelled, f"=%0%*#{_html(answers.OTHER)}"]


def _option(option: WrittenOption, share: Fraction) -> str:
    percentage = answers.percentage(max(share, -_MOST))
    mark = {"100": "=", "0": "~"}.get(percentage, f"~%{percentage}%")
    return f"{mark}{_html(option.text)}{_feedback(option.feedback)}"


def _feedback(html: str) -> str:
    return f"#{_html(html)}" if html.strip() else ""


def _html(text: str) -> str:
    """HTML inside the braces; a text that begins like a format or a percentage says its format first."""
    text = text.strip()
    # An arrow would make a question of pairs.
    return ("[html]" if text.startswith(("[", "%")) else "") + _escaped(text.replace("->", "-&gt;"))


def _plain(text: str) -> str:
    return _escaped(text.strip())


def _escaped(text: str) -> str:
    """A text on one line in which no sign has a meaning for GIFT."""
    return answers.printable(text.strip()).translate(_ESCAPES)


def _marked(text: str) -> str:
    """An identity or a tag inside its brackets."""
    return answers.printable(text).replace("\n", " ").replace("]", "\\]")
