"""What a shell is offered while a command is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from symparams.commands.main import main

NET = "input(9, 9, 2) -> conv(4, 3) -> conv(8, 3) as final"


def offered(*words: str) -> list[str]:
    """For the last of these words."""
    found = ShellComplete(main, {}, "symparams", "_SYMPARAMS_COMPLETE").get_completions(list(words[:-1]), words[-1])
    return [one.value for one in found]


@pytest.mark.parametrize(
    ("words", "some"),
    [
        (("so",), ["solve"]),
        (("solve", "--sty"), ["--style"]),
        (("solve", "--style", "st"), ["steps"]),
        (("solve", "--quantity", "mem"), ["memory"]),
        (("solve", "-e", NET, "--layer", "co"), ["conv_1"]),
        (("diagnose", "-e", NET, "--layer", ""), ["input_1", "conv_1", "final"]),
        (("solve", "-e", "input(3) ->", "--layer", ""), []),
        (("solve", "-", "--layer", ""), []),
        (("layers", "maxp"), ["maxpool", "maxpool1d", "maxpool2d", "maxpool3d"]),
        (("families", "gpt"), ["gpt2"]),
        (("examples", "vgg16"), ["vgg16", "vgg16-letters"]),
    ],
)
def test_what_is_offered(words: tuple[str, ...], some: list[str]) -> None:
    found = offered(*words)
    assert set(some) <= set(found)
    assert all(one.startswith(words[-1]) for one in found)
    assert bool(found) == bool(some)


def test_layers_of_a_file_are_offered(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(NET, "utf-8")
    assert offered("solve", str(tmp_path / "net.arch"), "--layer", "fi") == ["final"]
    assert offered("solve", str(tmp_path / "none.arch"), "--layer", "fi") == []


def test_mistakes_are_offered() -> None:
    every = offered("misconceptions", "")
    assert len(every) > 50
    assert len(set(every)) == len(every)
