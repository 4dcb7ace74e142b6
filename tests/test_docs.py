"""The documentation pages name what there is, link to each other, and are in the package."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest

from optical_pt import open_collection
from optical_pt.datasets.__main__ import main as list_collections

REPOSITORY = Path(__file__).resolve().parent.parent
DOCS = Path(str(files("optical_pt") / "pt_docs"))
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.rst"))}
AUTODOC = re.compile(r"^( *)\.\. auto(\w+):: (\S+)\n((?:\1 +\S.*\n)*)", flags=re.MULTILINE)
ROLE = re.compile(r":(?:class|func|meth|mod|attr|data):`~?(optical_pt[\w.]*)`")
UNDERLINE = re.compile(r"^(\S.*)\n([=\-~^])\2+$", flags=re.MULTILINE)


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a page in a language, without their options."""
    found = re.findall(
        rf"^\.\. code-block:: {language}\n((?:   .*\n|\n)*)", text + "\n", flags=re.MULTILINE
    )
    return [re.sub(r"\A(   :\w.*\n)*\n+", "", block) for block in found]


PYTHON = [
    pytest.param(textwrap.dedent(block), id=f"{page}-{number}")
    for page, text in PAGES.items()
    for number, block in enumerate(blocks(text, "python"))
]
COMMANDS = [
    pytest.param(command, id=f"{page}-{command[:60]}")
    for page, text in PAGES.items()
    for block in blocks(text, "bash")
    for command in textwrap.dedent(block).replace("\\\n", " ").splitlines()
    if command.strip()
]


def resolve(name: str) -> object:
    """What a dotted name stands for; a function rather than the module that it is called like."""
    first, *rest = name.split(".")
    found, path = import_module(first), first
    for part in rest:
        path = f"{path}.{part}"
        found = getattr(found, part) if hasattr(found, part) else import_module(path)
    return found


def test_the_index_lists_every_page():
    listed = re.search(r"\.\. toctree::\n(?:   :.*\n)*\n((?:   \S+\n)+)", PAGES["index"])
    assert sorted(listed.group(1).split()) == sorted(set(PAGES) - {"index"})


@pytest.mark.parametrize("page", PAGES)
def test_titles_are_underlined_and_lines_end_well(page):
    text = PAGES[page]
    titles = UNDERLINE.findall(text)
    assert titles[0][1] == "="
    assert [mark for _, mark in titles].count("=") == 1
    for match in UNDERLINE.finditer(text):
        title, underline = match.group(0).split("\n")
        assert len(underline) == len(title)
    assert "\t" not in text
    assert text.endswith("\n")
    # A directive that is not set apart is taken for text.
    assert not re.search(r"^[^.\s].*\n\.\. [a-z-]+::", text, flags=re.MULTILINE)
    # Markdown's single backquotes.
    assert not re.search(r"(?<![`:\w])`[^`<\n]+`(?![`_])", re.sub(r"``[^`]+``", "", text))


def test_the_listing_is_what_the_command_prints(capsys):
    assert list_collections(["list"]) == 0
    (page,) = blocks(PAGES["listing"], "text")
    assert textwrap.dedent(page).strip() == capsys.readouterr().out.strip()


@pytest.mark.parametrize("page", PAGES)
def test_links_go_somewhere(page):
    for name in ROLE.findall(PAGES[page]):
        assert resolve(name) is not None
    for target in re.findall(r":doc:`(?:[^`<]*<)?([^`>]+)>?`", PAGES[page]):
        assert target in PAGES


@pytest.mark.parametrize("page", PAGES)
def test_what_is_documented_from_docstrings_is_there_and_has_one(page):
    directives = AUTODOC.findall(PAGES[page])
    assert directives or page == "index"
    for _, kind, name, options in directives:
        found = resolve(name)
        assert inspect.getdoc(found)
        expected = {"function": inspect.isfunction, "class": inspect.isclass}
        assert expected.get(kind, callable)(found), f"{name} is no {kind}"
        members = re.search(r":members:((?:.*\n)+)", options)
        for member in re.split(r"[,\s]+", members.group(1).strip()) if members else []:
            assert inspect.getdoc(inspect.getattr_static(found, member)), f"{name}.{member}"


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"listing"}))
def test_collections_that_are_named_open(page):
    for name in re.findall(r"optical:\w[\w./-]*", PAGES[page]):
        assert open_collection(name).languages()


def test_the_public_names_are_documented():
    import optical_pt

    documented = {name for text in PAGES.values() for _, _, name, _ in AUTODOC.findall(text)}
    public = {f"optical_pt.{name}" for name in optical_pt.__all__ if not name.startswith("_")}
    assert public <= documented


@pytest.mark.parametrize("code", PYTHON)
def test_python_examples_compile_and_use_what_there_is(code):
    compile(code, "example", "exec")
    names = imported(code)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            given = {word.arg: None for word in node.keywords if word.arg}
            starred = any(isinstance(value, ast.Starred) for value in node.args)
            places = [] if starred else node.args
            inspect.signature(names[node.func.id]).bind_partial(*places, **given)


def imported(code: str) -> dict[str, object]:
    """What an example imports from optical_pt."""
    names = {}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "optical_pt":
            for alias in node.names:
                names[alias.asname or alias.name] = resolve(f"{node.module}.{alias.name}")
    return names


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_there_and_know_their_options(command):
    words = command.split("  #")[0].split()
    assert words[0] == "python"
    source = REPOSITORY / words[1] if words[1] != "-m" else module_file(words[2])
    assert source.is_file()
    known = options_of(source)
    for option in [word for word in words if word.startswith("--")]:
        assert option in known, f"{source.name} has no {option}"


def module_file(name: str) -> Path:
    spec = find_spec(f"{name}.__main__") or find_spec(name)
    return Path(spec.origin)


@lru_cache
def options_of(source: Path) -> frozenset[str]:
    """Options in a command's source, and in the modules of ours that it imports."""
    seen, waiting, options = set(), [source], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        text = path.read_text(encoding="utf-8")
        options |= set(re.findall(r'"(--[a-z][a-z-]*)"', text))
        for module in re.findall(r"^\s*from (optical_pt[\w.]*) import", text, flags=re.MULTILINE):
            waiting.append(Path(find_spec(module).origin))
    if any(path.parts[-2:] == ("nmt", "settings.py") for path in seen):
        from dataclasses import fields

        from optical_pt.training.nmt.settings import NmtSettings

        options |= {f"--{field.name.replace('_', '-')}" for field in fields(NmtSettings)}
    return frozenset(options)


def test_the_pages_are_in_the_package(monkeypatch):
    setuptools = pytest.importorskip("setuptools", reason="setuptools builds the package")
    monkeypatch.chdir(REPOSITORY)
    distribution = setuptools.Distribution()
    distribution.parse_config_files()
    build = distribution.get_command_obj("build_py")
    build.ensure_finalized()
    build.manifest_files = {}  # package-data alone
    packaged = build.find_data_files("optical_pt", "optical_pt")
    assert {Path(path).stem for path in packaged if path.endswith(".rst")} == set(PAGES)
