"""QTI 1.2: what a system scores that runs the conditions of a question, and what Canvas takes for right."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symparams.documents.written_question import WrittenQuestion
from symparams.exports.qti import places
from tests.exports.near import fields, others
from tests.exports.qti_samples import shape_spellings, spellings

Q = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"


def standard(root: Any) -> Any:
    """The same without the one attribute that Canvas has added to the standard."""
    for condition in root.iter(f"{Q}respcondition"):
        condition.attrib.pop("correctanswer", None)
    return root


def items_of(root: Any) -> dict[str, Any]:
    """The questions by their identities."""
    return {item.get("ident"): item for item in root.iter(f"{Q}item")}


def parts(asked: WrittenQuestion) -> list[tuple[str, WrittenQuestion]]:
    """The questions that are written for one: their identities, and what they ask."""
    names = [f"{asked.identity}-{blank.mark[1]}" for blank in asked.blanks] or [asked.identity]
    return list(zip(names, fields(asked), strict=True))


def number(text: str) -> Fraction | None:
    """What Canvas reads in a field for numbers."""
    try:
        return Fraction(text.strip().replace(",", "").replace(" ", ""))
    except ValueError:
        return None


def holds(test: Any, typed: str, numeric: bool) -> bool:
    """Whether a response meets a condition."""
    kind = test.tag.removeprefix(Q)
    if kind in ("conditionvar", "and"):
        return all(holds(child, typed, numeric) for child in test)
    if kind == "or":
        return any(holds(child, typed, numeric) for child in test)
    if kind == "other":
        return True
    assert test.get("respident") == "response1"
    if not numeric:
        assert kind == "varequal"
        return str(test.text).strip().casefold() == typed.strip().casefold()
    given, bound = number(typed), Fraction(str(test.text))
    if given is None:
        return False
    return {"varequal": given == bound, "vargte": given >= bound, "varlte": given <= bound}[kind]


def run(item: Any, typed: str) -> tuple[int | Fraction, list[str]]:
    """The score from 0 to 1, and the names of the feedback that is shown."""
    numeric = item.find(f".//{Q}render_fib[@fibtype='Decimal']") is not None
    scores = {"SCORE": Fraction(0)}
    shown = []
    for condition in item.iter(f"{Q}respcondition"):
        if not holds(condition.find(f"{Q}conditionvar"), typed, numeric):
            continue
        for setting in condition.iter(f"{Q}setvar"):
            assert setting.get("action", "Set") == "Set"
            scores[setting.get("varname", "SCORE")] = Fraction(setting.text)
        shown += [display.get("linkrefid") for display in condition.iter(f"{Q}displayfeedback")]
        if condition.get("continue", "No") == "No":
            break
    declared = item.find(f".//{Q}decvar")
    assert Fraction(declared.get("minvalue")) <= scores["SCORE"] + Fraction(1, 10**5)
    return scores["SCORE"] / Fraction(declared.get("maxvalue")), shown


def feedback(item: Any, names: list[str]) -> list[str]:
    """The texts of feedback, without the solution that everyone sees."""
    texts = {f.get("ident"): f.findtext(f".//{Q}mattext") for f in item.iter(f"{Q}itemfeedback")}
    return [texts[name] for name in names if name != "general_fb"]


def near(found: int | Fraction, credit: Fraction) -> bool:
    return abs(found - credit) < Fraction(1, 10**5)


def assert_scored(items: Mapping[str, Any], asked: WrittenQuestion) -> None:
    """The key is worth all, each mistake its credit and feedback, nothing else anything; and Canvas knows the key."""
    for identity, part in parts(asked):
        item = items[identity]
        if part.options:
            _choices_are_scored(item, part)
        elif part.answer_type == "number":
            _numbers_are_scored(item, part)
        assert run(item, "no answer") == (0, ["general_fb"]) or part.answer_type == "shape"
        _canvas_takes_the_key_for_right(item, part)


def _numbers_are_scored(item: Any, asked: WrittenQuestion) -> None:
    assert asked.value is not None
    for text in spellings(asked.value):
        assert run(item, text) == (1, ["general_fb"]), text
    for mistake in asked.mistakes:
        assert mistake.value is not None
        if places(mistake.value) is None:
            continue  # a bare number is all that Canvas does not take for right, and this one has no end
        for text in spellings(mistake.value):
            score, shown = run(item, text)
            assert near(score, mistake.credit), text
            assert feedback(item, shown) == [mistake.feedback], text
    for other in others(asked, 20):
        assert run(item, other) == (0, ["general_fb"]), other


def _choices_are_scored(item: Any, asked: WrittenQuestion) -> None:
    labels = [label.get("ident") for label in item.iter(f"{Q}response_label")]
    for name, option in zip(labels, asked.options, strict=True):
        score, shown = run(item, name)
        assert near(score, asked.share(option))
        assert feedback(item, shown) == ([option.feedback] if option.feedback else [])
    assert run(item, "") == run(item, "choice_9") == (0, ["general_fb"])
    if any(asked.share(option) not in (0, 1) for option in asked.options):  # New Quizzes read such scores as points
        assert Fraction(item.find(f".//{Q}decvar").get("maxvalue")) == asked.points


def taken_for_right(item: Any) -> set[str]:
    """What Canvas' quizzes take for right answers: they look through the conditions and do not run them."""
    kind = metadata(item)["question_type"]
    right: dict[str, bool] = {}
    for condition in item.iter(f"{Q}respcondition"):
        equal = condition.find(f".//{Q}varequal")
        if equal is None:
            continue
        if kind == "numerical_question":
            right[equal.text] = condition.find(f".//{Q}or") is not None or condition.find(f".//{Q}and") is not None
        elif kind == "short_answer_question":
            right.update({test.text: True for test in condition.iter(f"{Q}varequal")})
        else:
            score = condition.findtext(f"{Q}setvar")
            right[equal.text] = score is not None and float(score) > 0
    return {text for text, good in right.items() if good}


def right_in_new_quizzes(item: Any) -> list[str]:
    """What Canvas' New Quizzes take for right numbers: each condition that names SCORE must be a key with its range."""
    named = [c for c in item.iter(f"{Q}respcondition") if c.find(f"{Q}setvar[@varname='SCORE']") is not None]
    for condition in named:
        assert condition.find(f".//{Q}vargte") is not None
        assert condition.find(f".//{Q}varlte") is not None
    return [condition.findtext(f".//{Q}varequal") for condition in named]


def chosen_in_new_quizzes(item: Any) -> dict[str, tuple[float, bool]]:
    """What New Quizzes read of a choice: the points of each option that has a score, and whether it is the key.

    Where one option alone has a score, it is the key.
    """
    scored = [c for c in item.iter(f"{Q}respcondition") if c.findtext(f"{Q}setvar")]
    return {
        condition.findtext(f".//{Q}varequal"): (
            float(condition.findtext(f"{Q}setvar")),
            len(scored) == 1 or condition.get("correctanswer", "").lower() == "yes",
        )
        for condition in scored
    }


def metadata(item: Any) -> dict[str, str]:
    return {f.findtext(f"{Q}fieldlabel"): f.findtext(f"{Q}fieldentry") for f in item.iter(f"{Q}qtimetadatafield")}


def _canvas_takes_the_key_for_right(item: Any, asked: WrittenQuestion) -> None:
    right = taken_for_right(item)
    if asked.options:
        keys = {f"choice_{n}" for n, option in enumerate(asked.options, start=1) if option.correct}
        assert right == keys
        new = chosen_in_new_quizzes(item)
        assert {name for name, (_, is_key) in new.items() if is_key} == keys
        worth = {f"choice_{n}": float(asked.share(o) * asked.points) for n, o in enumerate(asked.options, start=1)}
        assert len(new) == 1 or all(abs(points - worth[name]) < 1e-5 for name, (points, _) in new.items())
        conditions = item.iter(f"{Q}respcondition")
        scored = [c.findtext(f".//{Q}varequal") for c in conditions if c.find(f"{Q}setvar") is not None]
        assert {scored[0]} == keys
    elif asked.answer_type == "number":
        (text,) = right
        assert asked.value is not None
        assert abs(Fraction(text) - asked.value) < Fraction(1, 10**6)
        assert right_in_new_quizzes(item) == [text]
    else:
        assert {text.strip() for text in shape_spellings(asked.answer)} <= right
        assert right.isdisjoint(m.answer for m in asked.mistakes)
