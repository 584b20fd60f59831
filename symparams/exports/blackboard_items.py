"""A question as Blackboard exports it.

What is peculiar to it:
- a choice says once which option is right, and then what each is worth, in per cent;
- a typed answer is right or wrong, and has no score of its own: known mistakes are explained to all who miss it;
- mathematics in TeX has to stand on one line, and several spaces in a row are shown as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from symparams.documents.written_question import WrittenQuestion
from symparams.exports.points import title
from symparams.exports.qti import Maker, Node, explained, figures, indent, places

_make = Maker("")
_TEXTS = frozenset(["mat_formattedtext", "mattext"])
_RESPONSE = {"respident": "response", "case": "No"}
_EXACT_BELOW = 10**15  # as far as its floating-point numbers tell whole ones apart
_HALF_UNIT = Fraction(1, 2000)  # how far a typed number may be from one whose digits have no end
_CHOICE, _TRUTH, _NUMBER, _TEXT = "Multiple Choice", "True/False", "Numeric", "Fill in the Blank"
_MATHEMATICS = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_CODE = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)


def kind(asked: WrittenQuestion) -> str:
    """What Blackboard calls a question of this kind."""
    if asked.options:
        words = sorted(option.plain.casefold() for option in asked.options)
        return _TRUTH if words == ["false", "true"] and not _differ(asked) else _CHOICE
    exact = asked.value is not None and abs(Fraction(asked.value)) < _EXACT_BELOW
    return _NUMBER if exact else _TEXT


def _differ(asked: WrittenQuestion) -> bool:
    """Whether some option earns a part of the points, or takes some away."""
    return any(asked.share(option) not in (0, 1) for option in asked.options)


def question(asked: WrittenQuestion) -> Node:
    """A question with one answer."""
    name = kind(asked)
    parts = {_CHOICE: _choice, _TRUTH: _truth, _NUMBER: _number, _TEXT: _text}[name](asked)
    response, conditions, wrong, more = parts
    block = _make("flow", {"class": "QUESTION_BLOCK"}, _flow("flow", asked.stem))
    full = figures(asked.points)
    outcome = {"varname": "SCORE", "vartype": "Decimal", "defaultval": "0", "minvalue": "0", "maxvalue": full}
    missed = _condition(_make("other"), score="0", said="incorrect", title="incorrect")
    item = _make(
        "item",
        {"title": title(asked), "maxattempts": "0"},
        metadata(
            "item", asked.identity, question=name, points=full,
            partial="true" if _differ(asked) else "false", negative="Y" if asked.penalty else "N",
        ),
        _make(
            "presentation",
            {},
            _make("flow", {"class": "Block"}, block, _make("flow", {"class": "RESPONSE_BLOCK"}, response)),
        ),
        _make(
            "resprocessing",
            {"scoremodel": "SumOfScores"},
            _make("outcomes", {}, _make("decvar", outcome)),
            *(one for one in conditions if one.get("title")),
            missed,
            *(one for one in conditions if not one.get("title")),
        ),
        _feedback("correct", asked.solution),
        _feedback("incorrect", "\n".join(filter(None, (wrong, asked.solution)))),
        *(_solution(ident, text) for ident, text in more.items()),
    )  # fmt: skip
    return indent(item, _TEXTS)


def metadata(
    of: str,
    ident: str,
    *,
    assessment: str = "Pool",
    section: str = "Subsection",
    question: str = _CHOICE,
    points: str = "0",
    weight: str = "0",
    partial: str = "",
    negative: str = "N",
) -> Node:
    """What Blackboard wants to know of an assessment, a section or an item, in its order."""
    fields = {
        "bbmd_asi_object_id": ident,
        "bbmd_asitype": of.capitalize(),
        "bbmd_assessmenttype": assessment,
        "bbmd_sectiontype": section,
        "bbmd_questiontype": question,
        "bbmd_is_from_cartridge": "false",
        "bbmd_is_disabled": "false",
        "bbmd_negative_points_ind": negative,
        "bbmd_canvas_fullcrdt_ind": "false",
        "bbmd_all_fullcredit_ind": "false",
        "bbmd_numbertype": "none",
        "bbmd_partialcredit": partial,
        "bbmd_orientationtype": "vertical",
        "bbmd_is_extracredit": "false",
        "qmd_absolutescore_max": points,
        "qmd_weighting": weight,
        "qmd_instructornotes": "",
    }
    return _make(f"{of}metadata", {}, *(_make(name, {}, text) for name, text in fields.items()))


_Parts = tuple[Node, list[Node], str, dict[str, str]]  # response, conditions, what to say to who misses it, to options


def _choice(asked: WrittenQuestion) -> _Parts:
    labels, conditions, told = [], [], {}
    for number, option in enumerate(asked.options, start=1):
        ident = f"{asked.identity}-{number}"
        attributes = {"ident": ident, "shuffle": "No", "rarea": "Ellipse", "rrange": "Exact"}
        label = _make("response_label", attributes, _flow("flow_mat", option.text))
        labels.append(_make("flow_label", {"class": "Block"}, label))
        if option.correct:
            conditions.append(_condition(_equal(ident), score="SCORE.max", said="correct", title="correct"))
        worth = _make("varequal", {"respident": ident, "case": "No"})
        conditions.append(_condition(worth, score=figures(asked.share(option) * 100), said=ident))
        told[ident] = option.feedback
    return _lid(*labels), conditions, "", told


def _truth(asked: WrittenQuestion) -> _Parts:
    labels = []
    for word in ("true", "false"):
        text = _make("mattext", {"charset": "us-ascii", "texttype": "text/plain"}, word)
        block = _make("flow_mat", {"class": "Block"}, _make("material", {}, text))
        attributes = {"ident": word, "shuffle": "No", "rarea": "Ellipse", "rrange": "Exact"}
        labels.append(_make("response_label", attributes, block))
    key, other = sorted(asked.options, key=lambda option: not option.correct)
    right = _condition(_equal(key.plain.strip().lower()), score="SCORE.max", said="correct", title="correct")
    return _lid(_make("flow_label", {"class": "Block"}, *labels)), [right], other.feedback, {}


def _lid(*labels: Node) -> Node:
    """Options to choose one from, in their order."""
    rendered = _make("render_choice", {"shuffle": "No", "minnumber": "0", "maxnumber": "0"}, *labels)
    return _make("response_lid", {"ident": "response", "rcardinality": "Single", "rtiming": "No"}, rendered)


def _number(asked: WrittenQuestion) -> _Parts:
    assert asked.value is not None, "a question for a number has one"
    margin = Fraction(0) if places(asked.value) is not None else _HALF_UNIT
    exact, low, high = (figures(Fraction(asked.value) + off) for off in (0, -margin, margin))
    window = [_make(name, {"respident": "response"}, text) for name, text in (("vargte", low), ("varlte", high))]
    right = _condition(*window, _equal(exact), said="correct", title=f"{asked.identity}-1")
    return _typed("response_num", "Decimal"), [right], explained(asked), {}


def _text(asked: WrittenQuestion) -> _Parts:
    """A number with too many digits, compared as text; each spelling is an answer."""
    texts = [asked.answer]
    if isinstance(asked.value, int):
        texts = [f"{asked.value:,}".replace(",", mark) for mark in ("", ",", " ")]
    idents = [f"{asked.identity}-{number}" for number in range(1, len(texts) + 1)]
    right = [_condition(_equal(text), said="correct", title=ident) for ident, text in zip(idents, texts, strict=True)]
    return _typed("response_str", "String"), right, explained(asked), dict.fromkeys(idents, "")


def _typed(name: str, kind_: str) -> Node:
    """A field to type an answer in."""
    rendering = {"charset": "us-ascii", "encoding": "UTF_8", "rows": "1", "columns": "127", "maxchars": "0"}
    rendering |= {"prompt": "Box", "fibtype": kind_, "minnumber": "0", "maxnumber": "0"}
    attributes = {"ident": "response", "rcardinality": "Single", "rtiming": "No"}
    return _make(name, attributes, _make("render_fib", rendering))


def _equal(text: str) -> Node:
    return _make("varequal", _RESPONSE, text)


def _condition(*tests: Node, said: str, score: str = "", title: str = "") -> Node:
    """What an answer is worth, and which feedback it gets."""
    effects = []
    if score:
        effects.append(_make("setvar", {"variablename": "SCORE", "action": "Set"}, score))
    effects.append(_make("displayfeedback", {"linkrefid": said, "feedbacktype": "Response"}))
    return _make("respcondition", {"title": title} if title else {}, _make("conditionvar", {}, *tests), *effects)


def _feedback(ident: str, text: str) -> Node:
    shown = _make("flow_mat", {"class": "Block"}, _flow("flow_mat", text))
    return _make("itemfeedback", {"ident": ident, "view": "All"}, shown)


def _solution(ident: str, text: str) -> Node:
    """What is said of an option."""
    shown = _make("flow_mat", {"class": "Block"}, _flow("flow_mat", text))
    solution = {"view": "All", "feedbackstyle": "Complete"}
    return _make(
        "itemfeedback",
        {"ident": ident, "view": "All"},
        _make("solution", solution, _make("solutionmaterial", {}, shown)),
    )


def _flow(name: str, text: str) -> Node:
    return _make(name, {"class": "FORMATTED_TEXT_BLOCK"}, material(text))


def material(text: str) -> Node:
    """A text in HTML, as Blackboard shows it."""
    formatted = _make("mat_formattedtext", {"type": "HTML"}, _shown(text.strip()))
    return _make("material", {}, _make("mat_extension", {}, formatted))


def _shown(text: str) -> str:
    """HTML with mathematics on one line, and with code whose lines and indents are seen."""
    text = _MATHEMATICS.sub(lambda found: " ".join(found[0].split()), text)
    return _CODE.sub(lambda found: f'<p style="font-family: monospace">{"<br/>".join(_lines(found[1]))}</p>', text)


def _lines(code: str) -> Iterator[str]:
    for line in code.strip("\n").split("\n"):
        kept = line.lstrip(" ")
        yield "&nbsp;" * (len(line) - len(kept)) + kept
