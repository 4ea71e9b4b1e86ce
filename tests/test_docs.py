"""The documentation names every setting, command and target that there is; its links lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from lms.cli import main
from lms.foundation.settings import PREFIX, Settings
from tests.pure_modules import ROOT

OPERATIONS = ROOT / "docs/operations.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)")
# What authors may write is shown as code, and leads nowhere.
CODE = re.compile(r"^(`{3,}).*?^\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def commands_of(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below `group` that can be called, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = list(commands_of(main, "lms"))


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_explained(field: str) -> None:
    assert f"`{PREFIX}{field.upper()}`" in text_of(OPERATIONS)


def test_no_setting_is_explained_that_there_is_not() -> None:
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    for page in PAGES:
        named = set(re.findall(rf"\b{PREFIX}[A-Z][A-Z_]*[A-Z]\b", text_of(page)))
        assert sorted(named - known) == [], page.name


@pytest.mark.parametrize("words", [words for words, _ in COMMANDS])
def test_every_command_is_explained(words: str) -> None:
    assert re.search(rf"`{words}[ `]", text_of(OPERATIONS))


@pytest.mark.parametrize(
    ("words", "option"),
    [
        pytest.param(words, parameter.opts[0], id=f"{words} {parameter.opts[0]}")
        for words, command in COMMANDS
        for parameter in command.params
        if isinstance(parameter, click.Option)
    ],
)
def test_every_option_is_explained_with_its_command(words: str, option: str) -> None:
    row = next(line for line in text_of(OPERATIONS).splitlines() if f"`{words}" in line)
    assert f"`{option}`" in row


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_command_is_explained_that_there_is_not(page: Path) -> None:
    known = {"lms COMMAND", *(" ".join(words.split()[:2]) for words, _ in COMMANDS)}
    named = set(re.findall(r"(?:`|^)(lms [A-Za-z]+)", text_of(page), re.MULTILINE))
    assert sorted(named - known) == []


def targets() -> list[str]:
    return re.findall(r"^([a-z]+):.*## ", text_of(ROOT / "Makefile"), re.MULTILINE)


@pytest.mark.parametrize("target", targets())
def test_every_target_of_the_makefile_is_explained(target: str) -> None:
    pattern = re.compile(rf"(?:`|^)make {target}\b", re.MULTILINE)
    assert any(pattern.search(text_of(page)) for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    wanted = [
        target.partition("#")[0]
        for target in LINK.findall(CODE.sub("", text_of(page)))
        if not target.startswith(("http://", "https://", "mailto:", "#"))
    ]
    assert [target for target in wanted if not (page.parent / target).exists()] == []


def test_there_is_documentation_to_test() -> None:
    assert {"README.md", "operations.md"} <= {page.name for page in PAGES}
    assert len(targets()) > 5
