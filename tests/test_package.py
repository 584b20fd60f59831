"""What is shipped: the wheel and the sdist hold what they need, and the wheel works where nothing else is."""

from __future__ import annotations

import hashlib
import importlib.util
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

import symparams as sp
from tests.conftest import EXAMPLES

ROOT = EXAMPLES.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, str(ROOT / "tools" / "release.py"), "--no-isolation", str(folder)]
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
def test_the_page_on_a_release_has_what_is_new_and_the_files(built: Path) -> None:
    page = (built / "release.md").read_text("utf-8")
    assert page.startswith(f"# symparams {sp.__version__}\n\n")
    for file in (*built.glob("*.whl"), *built.glob("*.tar.gz")):
        assert f"| `{file.name}` | `{hashlib.sha256(file.read_bytes()).hexdigest()}` |" in page
        assert sp.__version__ in file.name
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert page.count("\n- ") == changelog.split("\n## ")[1].count("\n- ")


def test_a_release_needs_one_section_of_the_changelog() -> None:
    spec = importlib.util.spec_from_file_location("release", ROOT / "tools" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    release = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(release)
    changelog = "# Changelog\n\n## 2.0\n\n- New: [a](docs/a.md).\n\n## 1.0\n\n- Old.\n\n## 0.9\n"
    assert release.notes(changelog, "2.0") == "- New: [a](docs/a.md)."
    for wrong in ("3.0", "0.9"):
        with pytest.raises(ValueError, match=f"on {wrong}"):
            release.notes(changelog, wrong)
    assert "- New: a." in release.page("2.0", release.notes(changelog, "2.0"), [], "")
    assert "[a](https://a.example/b/docs/a.md)" in release.page("2.0", "[a](docs/a.md)", [], "https://a.example/b")


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
