from __future__ import annotations

import html
import random
import re
from dataclasses import replace
from fractions import Fraction

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exports.mark import Mark
from symparams.exports.moodle import Moodle
from symparams.exports.moodle_answers import PERCENTAGES, decimal, percentage
from tests.exports import moodle_samples as samples
from tests.exports.moodle_marking import Read, accepted, assert_marked, assert_typed, shown_name, verdict
from tests.exports.moodle_reader import read_moodle
from tests.exports.near import naming

SEEDS = range(200)


def written(*asked: WrittenQuestion, bank: BankInfo = samples.BANK) -> str:
    export = Moodle()
    end = export.end(bank, len(asked), str(Mark("0" * 32, len(asked), 1)))
    return "".join([*export.body(bank, map(export.item, asked)), end])


def one(asked: WrittenQuestion) -> Read:
    (read,) = read_moodle(written(asked))[1]
    return read


def test_questions_are_marked_as_they_say() -> None:
    for seed in SEEDS:
        source = random.Random(seed)
        for make in (samples.number, samples.shape, samples.choice, samples.truth):
            asked = make(source, f"q-{seed}")
            with naming(f"{make.__name__}, seed {seed}"):
                read = one(asked)
                assert_marked([read], asked)
                assert read.mark == float(asked.points), seed
                if read.kind == "multichoice":
                    assert (read.settings["single"], read.settings["shuffleanswers"]) == ("true", "0")
                    assert read.settings["answernumbering"] == "abc"


def test_two_options_with_credit_for_the_wrong_one_are_a_choice() -> None:
    asked = samples.truth(random.Random(1), "q-t")
    options = tuple(replace(o, credit=max(o.credit, Fraction(1, 2))) for o in asked.options)
    assert one(replace(asked, options=options)).kind == "multichoice"


def test_two_options_of_which_the_wrong_one_takes_points_away_are_a_choice() -> None:
    asked = replace(samples.truth(random.Random(1), "q-t"), penalty=Fraction(0))
    assert one(asked).kind == "truefalse"
    assert one(replace(asked, penalty=Fraction(1, 2))).kind == "multichoice"


def test_blanks() -> None:
    for seed in SEEDS:
        with naming(seed):
            blanks_are_marked(seed)


def blanks_are_marked(seed: int) -> None:
    asked = samples.faded(random.Random(seed), "q-f")
    first, last = asked.blanks
    whole = first.points.denominator == 1
    large = any(value is not None and value >= 10**14 for value in (asked.value, *(m.value for m in asked.mistakes)))
    _, reads = read_moodle(written(asked))
    if whole and not large:
        (read,) = reads
        assert html.unescape(shown_stem(read)) == html.unescape(asked.stem) + "\n<p>(a) {#1}</p>\n<p>(b) {#2}</p>"
        assert (read.kind, read.mark, read.general) == ("cloze", float(asked.points), asked.solution)
        parts = read.parts
    else:
        parts = reads
        assert [read.idnumber for read in reads] == ["q-f-a", "q-f-b"]
        assert [shown_name(read.name) for read in reads] == [f"{' '.join(asked.name.split())} ({m})" for m in "ab"]
        assert [read.stem for read in reads] == [f"{asked.stem}\n<p>What belongs at ({m})?</p>" for m in "ab"]
    assert [part.mark for part in parts] == [first.points, last.points]
    assert_marked(reads, asked)


def shown_stem(read: Read) -> str:
    """The text of a question with embedded answers; a field stands wherever {#1} or the like does."""
    assert re.findall(r"\{#[^\s}]*\}", read.stem) == ["{#1}", "{#2}"]
    return read.stem


def test_the_category_is_the_title() -> None:
    for title in (samples.BANK.title, "/a/", "a//b", "plain", "a & b"):
        category, _ = read_moodle(
            written(samples.number(random.Random(0), "q"), bank=replace(samples.BANK, title=title))
        )
        assert shown_name(category) == title


def test_names_are_there_and_short_enough() -> None:
    asked = samples.number(random.Random(3), "q-3")
    assert shown_name(one(replace(asked, name="  ")).name) == "q-3"
    for sign in "x<&":
        name = one(replace(asked, name=sign * 300)).name
        assert len(name) <= 255
        assert shown_name(name).startswith(sign * 50)
        assert shown_name(name).endswith("…")


def test_what_xml_cannot_hold_is_left_out() -> None:
    asked = samples.number(random.Random(3), "q-3")
    read = one(
        replace(asked, name="a\x00b\x0b\ud800c", stem="<p>]]> \x01 </p>\r\n<p>]]]]>></p>", tags=("a\nb`<", "  "))
    )
    assert (read.name, read.stem, read.tags) == ("a b c", "<p>]]>   </p>\n<p>]]]]>></p>", ["a b"])


def test_a_credit_is_rounded_down_to_what_moodle_accepts() -> None:
    assert all(accepted(float(text) / 100) for text in PERCENTAGES)
    assert all(abs(float(share) - float(text) / 100) < 1e-7 for text, share in PERCENTAGES.items())
    said = [
        percentage(Fraction(credit))
        for credit in ("1", "99/100", "5/6", "33/100", "1/3", "1/100", "-1/3", "-3/20", "-1/100")
    ]
    assert said == ["100", "90", "83.33333", "30", "33.33333", "0", "-33.33333", "-14.28571", "0"]


def test_decimals() -> None:
    numbers: list[int | Fraction] = [
        0,
        18207,
        -3,
        Fraction(25, 2),
        Fraction(-1, 40),
        Fraction(37, 3),
        Fraction(1, 1024),
    ]
    assert [decimal(number) for number in numbers] == [
        "0",
        "18207",
        "-3",
        "12.5",
        "-0.025",
        "12.3333333",
        "0.0009765625",
    ]


def test_the_first_of_equal_mistakes_is_told_and_the_key_is_right() -> None:
    asked = samples.number(random.Random(5), "q-5")
    key = replace(asked.mistakes[0], value=asked.value, answer=asked.answer, credit=Fraction(0))
    again = replace(asked.mistakes[0], feedback="<p>second</p>")
    read = one(replace(asked, mistakes=(key, *asked.mistakes, again)))
    assert_typed(read, asked)
    assert len(read.answers) == len(asked.mistakes) + 2


def test_an_asterisk_stands_for_itself_only() -> None:
    asked = replace(samples.shape(random.Random(0), "q"), answer="2*Cx3", mistakes=())
    read = one(asked)
    assert [verdict(read, typed)[0] for typed in ("2*Cx3", "2*cx3", "29Cx3", "*")] == [1, 1, 0, 0]


def test_no_spelling_twice_and_none_that_is_another_answer() -> None:
    asked = samples.shape(random.Random(0), "q")
    mistake = replace(asked.mistakes[0], answer="(24,64)")
    read = one(replace(asked, answer="24x64", mistakes=(replace(mistake, answer="64x24"), mistake)))
    texts = [answer.text for answer in read.answers]
    assert len(set(texts)) == len(texts)
    assert "24, 64" in texts
    assert [verdict(read, text)[1] for text in ("(24,64)", "64, 24")] == [mistake.feedback] * 2


def test_the_same_bytes_each_time() -> None:
    assert written(*samples.bank(0)) == written(*samples.bank(0))
    read_moodle(written(*samples.bank(0)))
