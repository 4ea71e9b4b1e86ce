"""What every command does: explain itself, and say a sentence instead of a traceback."""

import re
from pathlib import Path

import click
import pytest

from lms.cli import main
from tests.cli.command import fails, run_process, run_with

# Help


def test_help_lists_every_command() -> None:
    done = run_process("--help")
    assert done.returncode == 0
    listed = re.findall(r"^  ([a-z]+)  ", done.stdout.partition("Commands:")[2], re.MULTILINE)
    assert listed == main.list_commands(click.Context(main))
    assert {"check", "demo", "publish", "quiz", "serve", "upgrade", "user"} <= set(listed)


def test_each_command_explains_itself() -> None:
    context = click.Context(main)
    groups = [
        ((), main),
        *(((name,), main.get_command(context, name)) for name in ("quiz", "user")),
    ]
    for path, group in groups:
        assert isinstance(group, click.Group)
        for name in group.list_commands(context):
            result = run_with({})(*path, name, "--help")
            assert result.exit_code == 0
            command = group.get_command(context, name)
            assert command is not None
            assert command.help
            for parameter in command.params:
                if isinstance(parameter, click.Option):
                    assert parameter.opts[0] in result.output


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"Rounds \d+\.\d+\.\d+\n", run_with({})("--version").output)


# What every command says about settings and databases that cannot be used

COMMANDS = [("upgrade",), ("publish",), ("serve",), ("demo",), ("user", "role", "ada", "learner")]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_a_wrong_setting_is_named(arguments: tuple[str, ...]) -> None:
    wrong = {"LMS_DATABASE_URL": "nonsense", "LMS_PORT": "1"}
    result = run_with(wrong)(*arguments)
    assert result.exit_code == 1
    assert "LMS_PORT is not a setting" in result.output
    assert "LMS_DATABASE_URL: it is not a database address" in result.output


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_a_database_that_does_not_answer_is_a_sentence_without_its_password(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    url = f"postgresql://ada:geheim@/rounds?host={tmp_path}&connect_timeout=2"
    result = run_with({"LMS_DATABASE_URL": url, "LMS_INSTANCE_PATH": str(tmp_path)})(*arguments)
    assert result.exit_code == 1
    assert "Error: The database did not do it: " in result.output
    assert "geheim" not in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_a_file_that_is_no_database_is_a_sentence(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "rounds.sqlite").write_bytes(b"this is no database" * 100)
    result = run_with({"LMS_INSTANCE_PATH": str(tmp_path)})(*arguments)
    fails(result, "The database did not do it: file is not a database")


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_a_folder_that_cannot_be_made_is_a_sentence(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    result = run_with({"LMS_INSTANCE_PATH": str(tmp_path / "file" / "instance")})(*arguments)
    fails(result, str(tmp_path / "file"), "Not a directory")
