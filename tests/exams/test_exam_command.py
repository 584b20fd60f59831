"""The command: its messages, its files, interruptions."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import symparams as sp
from symparams.exports.registry import EXPORTS
from tests.conftest import EXAMPLES, GOLDEN
from tests.exams.samples import TEXTS
from tests.exports.asked_samples import PACKED
from tests.helpers import few_or_many, marked
from tests.test_cli import run as run_command

NASTY = r"A_1 & <b>50%</b> {x} $y$ #1 ~z^2 = \end ]]> --> \u00e9"
TEXT_FORMATS = ("markdown", "json", "moodle", "gift", "latex")
SOURCE = "range F in 8..64 step 8\nrange k in 3, 5, 7\ninput(28, 28, 3) -> conv(F, k) -> conv(2*F, 3) -> dense(10)"


def run(*words: object) -> tuple[int, str, str]:
    """Status, output and errors of the command."""
    return run_command("exam", *map(str, words))


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "symparams", "exam", *map(str, words)]


def environment(seed: int = 0) -> dict[str, str]:
    return {**os.environ, "PYTHONHASHSEED": str(seed)}


# ---------------------------------------------------------------- messages

DOCUMENT = GOLDEN / "exam-errors.md"
CASE = re.compile(
    r"## (?P<title>.+)\n\n```\n(?P<words>.*)\n(?P<text>(?:.*\n)*?)```\n\n```\n(?P<message>(?:.*\n)*?)```\n"
)
SHARES = {  # tables of shares that are wrong somewhere
    "noheader": "biases left out,0.5\n",
    "empty": "",
    "header": "mistake,share\n\n",
    "unknown": "mistake,share\nbiases left out,0.5\n\nbiases leftout,0.5\n",
    "nothing": "mistake,share\nzzzzzz,0.5\n",
    "much": "mistake,share\nbiases left out,1\n",
    "three": "mistake,share\nbiases left out,0,5\n",
    "twice": "mistake,share\nbiases left out,0.5\nbiases left out,0.25\n",
    "quotes": 'mistake,share\n"biases left out,0.5\n',
}
CASES = list(CASE.finditer(DOCUMENT.read_text("utf-8")))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_message(case: re.Match[str], request: pytest.FixtureRequest, tmp_path: Path) -> None:
    network, other = tmp_path / "net.arch", tmp_path / "other.arch"
    network.write_text(case["text"], "utf-8")
    other.write_text("convention torch\ninput(3, 8, 8) -> conv(4, 3)", "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine.txt").write_text("mine", "utf-8")
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    for name, lines in SHARES.items():
        (tmp_path / f"{name}.csv").write_text(lines, "utf-8")
    words = [word.replace("DIR", str(tmp_path)) for word in case["words"].split(" ") if word]
    code, out, err = run(network, *words)
    found = err.replace(str(tmp_path), "DIR")
    if request.config.getoption("--rewrite"):
        document = DOCUMENT.read_text("utf-8")
        head = case[0][: case.start("message") - case.start()]
        DOCUMENT.write_text(document.replace(case[0], f"{head}{found}```\n", 1), "utf-8")
        return
    assert found == case["message"]
    assert (code, out) == (2, "")
    assert (tmp_path / "folder" / "mine.txt").read_text("utf-8") == "mine"
    assert (tmp_path / "mine.txt").read_text("utf-8") == "mine"


def test_there_are_cases() -> None:
    assert len(CASES) == DOCUMENT.read_text("utf-8").count("\n## ") >= 20


# ---------------------------------------------------------------- the same bytes


_PRINTING = """
import sys
from tests.test_cli import run
for format_ in sys.argv[3:]:
    print(run("exam", sys.argv[1], "--questions", sys.argv[2], "--format", format_))
"""


@pytest.mark.slow
@few_or_many("questions", 3, 14)
def test_the_same_bytes_in_another_process(tmp_path: Path, questions: int) -> None:
    path = tmp_path / "net.arch"
    path.write_text(SOURCE, "utf-8")
    one, other = (
        subprocess.run(
            [sys.executable, "-c", _PRINTING, str(path), str(questions), *TEXT_FORMATS],
            capture_output=True, check=True, env=environment(hash_seed), cwd=EXAMPLES.parent,
        ).stdout.splitlines()
        for hash_seed in (1, 2)
    )  # fmt: skip
    assert [len(bank) > 1_000 for bank in one] == [True] * len(TEXT_FORMATS)
    assert one == other
    asked = [run(path, "--questions", questions, "--seed", seed)[1] for seed in (0, 1)]
    assert asked[0] != asked[1]


@pytest.mark.parametrize("format_", marked(EXPORTS, pytest.mark.extra, *PACKED))
def test_every_format_of_a_real_bank(format_: str, tmp_path: Path) -> None:
    if format_ == "anki":
        pytest.importorskip("genanki")
    path = tmp_path / "net.arch"
    path.write_text(TEXTS["torch"], "utf-8")
    notices = sp.exam(sp.load(path), questions=8).notices(format_)
    for place in ("one", "other"):
        code, _, err = run(path, "--questions", 8, "--format", format_, "-o", tmp_path / place)
        assert (code, err) == (0, "".join(f"symparams: {notice}\n" for notice in notices))


_NO_FIELD = "symparams: there is no question of the kind field: that takes a convolution or a pooling\n"


@pytest.mark.parametrize(("named", "said"), [((), ""), (("--kinds", "params,field"), _NO_FIELD)])
def test_only_kinds_that_were_named_are_missed(named: tuple[str, ...], said: str) -> None:
    code, _, err = run("-e", "input(4) -> dense(3)", *named)
    assert (code, err) == (0, said)


@pytest.mark.parametrize("format_", marked(EXPORTS, pytest.mark.extra, *PACKED))
def test_names_with_signs_of_every_markup(format_: str, tmp_path: Path) -> None:
    if format_ == "anki":
        pytest.importorskip("genanki")
    path = tmp_path / "net.arch"
    title = NASTY.replace("\\", "\\\\")
    path.write_text(f'model "{title}"\n{SOURCE}', "utf-8")
    kinds = ("--kinds", "params,shape,total,inverse,mistake")
    words = [path, "--questions", 5, *kinds, "--title", NASTY, "--format", format_, "-o", tmp_path / "bank"]
    if format_ == "latex":
        names = tmp_path / "names.txt"
        names.write_text(f"{NASTY}\nÅsa Öberg_%\n", "utf-8")
        words += ["--names", names]
    code, _, err = run(*words)
    assert code == 0
    assert all(line.startswith("symparams: ") for line in err.splitlines())
    for found in filter(Path.is_file, [*tmp_path.glob("bank*"), *(tmp_path / "bank").rglob("*")]):
        text = found.read_bytes()
        if format_ in ("moodle", "qti12", "qti21", "prairielearn") and not text.startswith(b"PK"):
            assert b"<b>50%" not in text.replace(b"<![CDATA[", b"") or found.suffix == ".json"
    if format_ == "json":
        assert json.dumps(NASTY, ensure_ascii=False) in json.dumps(
            json.loads((tmp_path / "bank").read_text("utf-8")), ensure_ascii=False
        )


# ---------------------------------------------------------------- interruptions


@pytest.mark.slow
@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_bank_is_continued(signal_: signal.Signals, tmp_path: Path) -> None:
    network = tmp_path / "net.arch"
    network.write_text("range a in 2..90\nrange b in 2..90\ninput(a) -> dense(b) -> dense(3)", "utf-8")
    words = [network, "--questions", 4, "--variants", 120, "--kinds", "params", "--format", "moodle", "-o"]
    whole, bank = tmp_path / "whole.xml", tmp_path / "bank.xml"
    assert run(*words, whole)[0] == 0
    process = subprocess.Popen(command(*words, bank), env=environment(2), stderr=subprocess.PIPE)
    for _ in range(20_000):
        if bank.exists() or any(tmp_path.glob("*.part*")) or process.poll() is not None:
            break
        time.sleep(0.002)
    time.sleep(0.05)
    process.send_signal(signal_)
    _, err = process.communicate()
    if signal_ is signal.SIGINT and process.returncode != 0:
        assert process.returncode == 130
        assert b"Traceback" not in err
    if bank.exists():
        assert bank.read_text("utf-8").rstrip().splitlines()[-1].startswith("<!--")
    subprocess.run(command(*words, bank), check=True, env=environment(3))
    assert bank.read_bytes() == whole.read_bytes()
    assert run(*words, bank)[0] == 0
    assert bank.read_bytes() == whole.read_bytes()


def test_parts_in_any_order_are_the_whole(tmp_path: Path) -> None:
    """Each part is made by itself; what stands between the questions is the same in all of them."""
    network = tmp_path / "net.arch"
    network.write_text(SOURCE, "utf-8")
    words = [network, "--questions", 9, "--variants", 3, "--seed", 4]

    def questions(path: Path, format_: str) -> list[object]:
        text = path.read_text("utf-8")
        if format_ == "json":
            found = json.loads(text)
            assert found["count"] == len(found["questions"])
            return [found["bank"], *found["questions"]]
        head, *each = text.rpartition("<!-- symparams bank")[0].split("\n## ")
        return [head, *(one.rstrip("\n") for one in each)]

    for format_ in ("json", "markdown"):
        whole = tmp_path / f"whole.{format_}"
        assert run(*words, "--format", format_, "-o", whole)[0] == 0
        head, *every = questions(whole, format_)
        found: dict[int, object] = {}
        for first, last in ((20, 27), (1, 1), (8, 19), (2, 7)):
            part = tmp_path / f"{first}.{format_}"
            assert run(*words, "--format", format_, "--part", f"{first}..{last}", "-o", part)[0] == 0
            mine, *those = questions(part, format_)
            assert mine == head
            assert len(those) == last - first + 1
            found |= dict(enumerate(those, first))
        assert [found[number] for number in range(1, 28)] == every


def test_a_part_is_another_bank_than_the_whole(tmp_path: Path) -> None:
    network, bank = tmp_path / "net.arch", tmp_path / "bank.json"
    network.write_text(SOURCE, "utf-8")
    words = [network, "--questions", 6, "--format", "json", "-o", bank]
    assert run(*words, "--part", "3..4")[0] == 0
    before = bank.read_bytes()
    assert run(*words, "--part", "3..4")[0] == 0
    said = f"{bank} exists and is not the bank that is to be written; choose another name or remove it\n"
    for other in ([], ["--part", "1..4"]):
        assert run(*words, *other) == (2, "", said)
    assert bank.read_bytes() == before


def test_papers_of_a_part_have_its_questions(tmp_path: Path) -> None:
    network = tmp_path / "net.arch"
    network.write_text(SOURCE, "utf-8")
    words = [network, "--questions", 5, "--variants", 3]
    every = [one["identity"] for one in json.loads(run(*words, "--format", "json")[1])["questions"]]
    for part, papers in (("1..15", [range(0, 15, 3), range(1, 15, 3), range(2, 15, 3)]), ("6..7", [[6], [5]])):
        text = run(*words, "--format", "latex", "--part", part)[1]
        found = [re.findall(r"^% (q-\w+)$", paper, re.M) for paper in text.split("% ---- variant ")[1:]]
        assert found == [[every[number] for number in paper] for paper in papers]


def test_progress_stands_on_a_terminal_only(tmp_path: Path) -> None:
    words = [EXAMPLES / "lenet5.arch", "--questions", 3, "--kinds", "params,shape", "--format", "json", "-o"]
    quiet = subprocess.run(command(*words, tmp_path / "a.json"), capture_output=True, check=True)
    assert (quiet.stdout, quiet.stderr) == (b"", b"")
    leader, follower = pty.openpty()
    subprocess.run(command(*words, tmp_path / "b.json"), stderr=follower, stdout=subprocess.PIPE, check=True)
    os.close(follower)
    shown = os.read(leader, 10_000)
    os.close(leader)
    assert b"3 of 3 questions" in shown
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_a_huge_source_is_refused_or_read(tmp_path: Path) -> None:
    path = tmp_path / "net.arch"
    path.write_text("input(8)" + " -> dense(8)" * 90_000, "utf-8")
    code, _, err = run(path, "--questions", 1)
    assert code == 2
    assert len(err.splitlines()) <= 4
    assert err.strip()
