"""What is shipped: the wheel and the sdist hold what they need, and the wheel works where nothing else is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import EXAMPLES

ROOT = EXAMPLES.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
def test_wheel_and_sdist_hold_grammar_and_templates(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    files = ("grammar/architecture.lark", "grammar/expression.lark", "templates/styles/steps.j2", "py.typed")
    page = ("templates/fonts/formulas.woff2", "templates/fonts/OFL.txt", "templates/formats/document.css")
    for name in (*files, *page, "grammar/arch.tmLanguage.json", "families/llama.arch", "examples/vgg16.arch"):
        assert f"symparams/{name}" in names
    assert all(name.startswith(("symparams/", "symparams-")) for name in names)
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as tar:
        members = tar.getnames()
    for name in (
        "grammar/architecture.lark",
        "templates/styles/steps.j2",
        "tests/conftest.py",
        "examples/vgg16.arch",
        "LICENSE",
    ):
        assert any(member.endswith(f"/{name}") for member in members), name


@pytest.mark.slow
def test_the_wheel_does_the_main_job_in_a_fresh_environment(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    fresh = tmp_path / "fresh"
    venv.create(fresh, with_pip=False)
    python = fresh / "bin" / "python"
    site = next((fresh / "lib").glob("python*")) / "site-packages"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*install, str(site), str(wheel)], check=True)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))  # what the wheel requires, installed already
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    example = tmp_path / "mnist.arch"
    example.write_text((EXAMPLES / "mnist-63.arch").read_text("utf-8"), "utf-8")
    for style in ("steps", "textbook"):
        solve = [str(python), "-m", "symparams", "solve", str(example), "--style", style]
        command = [*solve, "--format", "latex", "--standalone"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        assert "18{,}207" in done.stdout
    where = subprocess.run(
        [str(python), "-c", "import symparams; print(symparams.__file__)"],
        capture_output=True, text=True, cwd=tmp_path, env=environment, check=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(site)


def test_the_garbage_collector_of_a_host_is_left_alone() -> None:
    """Only a process of our own may go without it."""
    modules = (ROOT / "symparams").rglob("*.py")
    assert [path.name for path in modules if re.search(r"\bgc\b", path.read_text("utf-8"))] == ["__main__.py"]
