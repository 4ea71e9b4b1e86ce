"""The walls of the house: who imports what, how long things are, and what a template may not hold."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

from tests.pure_modules import ROOT, module_name, pure_files

PRODUCT = sorted((ROOT / "lms").rglob("*.py"))
TEMPLATES = sorted(
    file for file in (ROOT / "lms/templates").rglob("*") if file.suffix in (".html", ".svg")
)
MAX_FILE_LINES = 400
MAX_VIEW_LINES = 30
FRAMEWORKS = (
    "alembic",
    "flask",
    "flask_bootstrap",
    "flask_login",
    "flask_wtf",
    "psycopg",
    "sqlalchemy",
    "werkzeug",
    "wtforms",
)


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


# Pure modules

# The modules are imported one after the other in one process: a framework is told of the first module
# that loads it, and nothing of it is loaded as long as every module is pure.
LOOK = """
import importlib, json, sys
frameworks, seen = set(json.loads(sys.argv[1])), set()
for name in json.loads(sys.argv[2]):
    try:
        importlib.import_module(name)
        found = (frameworks & set(sys.modules)) - seen
    except ModuleNotFoundError as error:
        found = {repr(error)}
    seen |= found
    print(name, json.dumps(sorted(found)))
"""


def frameworks_behind(names: list[str]) -> dict[str, list[str]]:
    """What of the frameworks each module loads that none before it did."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK, json.dumps(FRAMEWORKS), json.dumps(names)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    lines = [line.split(" ", 1) for line in done.stdout.splitlines()]
    return {name: json.loads(found) for name, found in lines}


def test_pure_modules_load_neither_the_web_framework_nor_the_database() -> None:
    found = frameworks_behind(sorted(pure_files()))
    assert {name: frameworks for name, frameworks in found.items() if frameworks} == {}
    assert list(found) == sorted(pure_files())


def test_commands_that_work_on_files_alone_load_neither() -> None:
    names = ["lms.cli", "lms.cli.content", "lms.cli.quiz", "lms.cli.verify"]
    assert frameworks_behind(names) == {name: [] for name in names}


def with_packages(name: str) -> Iterator[str]:
    """The module, and the packages it lies in but for the first: `lms.cli.verify` and `lms.cli`."""
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(2, len(parts) + 1))


def test_every_pure_module_is_in_the_list() -> None:
    """Whatever imports no framework is pure, and belongs into `pure_modules.py`.

    Python runs the packages around a module before it: what these import, the module loads as well.
    Commands are tried as people use them, and not by the unit tests that the list is held to.
    """
    graph = grimp.build_graph("lms", include_external_packages=True, cache_dir=None)
    modules = [module_name(file) for file in PRODUCT if file.name != "__init__.py"]
    found = {
        name
        for name in modules
        if all(
            graph.find_upstream_modules(part).isdisjoint(FRAMEWORKS) for part in with_packages(name)
        )
    }
    listed = set(pure_files())
    assert [name for name in sorted(found - listed) if not name.startswith("lms.cli.")] == []
    assert "lms.foundation.problems" in found
    assert "lms.accounts.models" not in found


def test_the_look_at_a_module_sees_frameworks() -> None:
    found = frameworks_behind(["lms.accounts.models", "lms.foundation.problems", "lms.nowhere"])
    assert found["lms.accounts.models"] == ["sqlalchemy"]
    assert found["lms.foundation.problems"] == []
    assert "ModuleNotFoundError" in found["lms.nowhere"][0]


# Imports


def test_rooms_import_downward_only() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command, "--no-logo", "--no-cache"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken\.", done.stdout)


@pytest.mark.parametrize("file", PRODUCT, ids=name_of)
def test_nothing_is_imported_inside_a_function(file: Path) -> None:
    """An import inside a function hides a circle, and a circle means a wrong wall."""
    inside = {
        node.lineno
        for function in ast.walk(ast.parse(file.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Name) and node.id == "__import__")
    }
    assert inside == set()


# Sizes


@pytest.mark.parametrize("file", PRODUCT, ids=name_of)
def test_no_file_is_too_long(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= MAX_FILE_LINES


ADDRESS = re.compile(r"(blueprint|preview)\.(get|post|put|patch|delete|route)\(")


def views_of(file: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef) and any(
            ADDRESS.match(ast.unparse(decorator)) for decorator in node.decorator_list
        ):
            yield node


VIEWS = [
    pytest.param(view, id=f"{file.parent.name}.{view.name}")
    for file in PRODUCT
    for view in views_of(file)
]


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_is_too_long(view: ast.FunctionDef) -> None:
    """From `def` to the last line; what declares its address and its access comes on top."""
    assert view.end_lineno is not None
    assert view.end_lineno - view.lineno + 1 <= MAX_VIEW_LINES


# In a preview of files nobody is signed in; its own tests say whom it answers.
@pytest.mark.parametrize(
    "view", [view for view in VIEWS if not str(view.id).startswith("preview.")]
)
def test_a_view_declares_who_may_use_it_below_its_address(view: ast.FunctionDef) -> None:
    address, rule, *_ = [ast.unparse(decorator) for decorator in view.decorator_list]
    assert re.match(r"blueprint\.(get|post)\(", address)
    assert re.fullmatch(r"access\(Access\.[A-Z_]+\)", rule)


def test_there_are_views_to_test() -> None:
    assert len(VIEWS) > 20


# Templates

# What the content security policy blocks, and would be a fault that only a browser shows.
FORBIDDEN = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "something from elsewhere": re.compile(
        r"<(?:script|link|img|iframe)[^>]*\s(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE
    ),
}
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


def faults_of(template: str) -> list[str]:
    # Jinja's own signs may hold a `>`, and what it writes is tested by the pages.
    text = JINJA.sub("", template)
    return [fault for fault, pattern in FORBIDDEN.items() if pattern.search(text)]


@pytest.mark.parametrize("file", TEMPLATES, ids=name_of)
def test_a_template_holds_nothing_that_the_security_policy_blocks(file: Path) -> None:
    assert faults_of(file.read_text()) == []


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ('<p class="a"\n   style="color: red">', "an inline style"),
        ("<style>p {}</style>", "a style element"),
        ('<a href="{{ url_for("x") }}" onclick="b()">', "an event handler"),
        ('<img {% if a > b %}x{% endif %} onerror="b()">', "an event handler"),
        ("<script>alert(1)</script>", "an inline script"),
        ('<script type="module">', "an inline script"),
        ('<a href="javascript:a()">', "a javascript: address"),
        ('<script src="https://a.example/b.js"></script>', "something from elsewhere"),
        ('<link rel="x" href="//a.example/b.css">', "something from elsewhere"),
    ],
)
def test_the_look_at_templates_sees_faults(template: str, fault: str) -> None:
    assert faults_of(template) == [fault]


@pytest.mark.parametrize(
    "template",
    [
        '<script src="{{ attempt_js }}" type="module"></script>',
        '<a href="https://a.example">on = style=</a>',
        "<p>{{ form.on_time(style='x') }}</p>",
    ],
)
def test_the_look_at_templates_lets_the_rest_pass(template: str) -> None:
    assert faults_of(template) == []
