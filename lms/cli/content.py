"""Commands for content as files: check it, format it."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from lms.authoring.alone import check_path, quiz_files
from lms.authoring.check import Checked, check_folder
from lms.authoring.findings import to_annotation, to_json
from lms.authoring.folder import read_folder, read_text
from lms.authoring.formatting import files_to_format, format_file, replace_file
from lms.foundation.problems import Problem, Severity, has_errors
from lms.foundation.shipped import shipped
from lms.quizzes.format.ids import write_ids

ContentPath = click.argument("path", type=click.Path(path_type=Path), required=False)


@click.command()
@ContentPath
@click.option("--json", "as_json", is_flag=True, help="Write the problems as JSON, for programs.")
@click.option("--github", is_flag=True, help="Write annotations for a workflow of GitHub.")
@click.option("--fix", is_flag=True, help="First write the ids that questions lack; needs a PATH.")
def check(path: Path | None, as_json: bool, github: bool, fix: bool) -> None:
    """Check content and report every problem, as file:line:column.

    PATH is a folder with courses/ and modules/, a module's folder, or one file: a quiz, a lesson, a
    course or a module.md, checked as far as it can be alone. Without PATH, the content that comes with
    Rounds. Needs no database. Exits with 1 when anything is an error.
    """
    if as_json and github:
        raise click.UsageError("--json and --github are two forms of the same: choose one.")
    if fix and path is None:
        raise click.UsageError("--fix changes files: say which, with a PATH.")
    path = path or shipped("content")
    if fix:
        _write_ids(path, to_error=as_json or github)
    findings = check_path(path)
    if as_json:
        click.echo(json.dumps(to_json(findings.problems), indent=2))
    elif github:
        for problem in findings.problems:
            click.echo(to_annotation(problem))
    else:
        print_problems(findings.problems)
    if has_errors(findings.problems):
        sys.exit(1)
    if not as_json and not github:
        click.echo(findings.in_order)


def _write_ids(path: Path, *, to_error: bool) -> None:
    """Write missing ids into the quizzes at `path`; a file that cannot be read is left to the check."""
    for file in quiz_files(path):
        if read_text(file, []) is None:
            continue
        fixed, written = write_ids(file.read_bytes().decode())
        if written:
            file.write_bytes(fixed.encode())
            ids = "id" if written == 1 else "ids"
            click.echo(f"{file}: wrote {written} {ids}.", err=to_error)


@click.command("format")
@click.argument(
    "paths", metavar="PATH...", type=click.Path(path_type=Path), nargs=-1, required=True
)
@click.option("--check", "only_check", is_flag=True, help="Change nothing; fail if anything would.")
def format_(paths: tuple[Path, ...], only_check: bool) -> None:
    """Write quizzes in their canonical form, with the ids that their questions lack.

    PATH is a quiz, a module's folder, or a folder with courses/ and modules/. What a quiz means does
    not change. A quiz with errors stays as it is, and its problems are printed. Needs no database.
    Exits with 1 when a quiz has errors, and with --check also when one is not in its canonical form.
    """
    formatted = [format_file(file) for file in files_to_format(paths)]
    for quiz in formatted:
        if quiz.body is None:
            print_problems(quiz.problems)
        elif quiz.has_changed and only_check:
            click.echo(f"Would format {quiz.file}.")
        elif quiz.has_changed:
            replace_file(quiz.file, quiz.body)
            click.echo(f"Formatted {quiz.file}.")
    in_order = sum(quiz.body is not None and not quiz.has_changed for quiz in formatted)
    summary = f"{in_order} of {len(formatted)} quizzes were in canonical form."
    click.echo(summary if formatted else "There is no quiz here.")
    is_faulty = any(quiz.body is None for quiz in formatted)
    if is_faulty or (only_check and in_order < len(formatted)):
        sys.exit(1)


def checked_folder(path: Path | None) -> Checked:
    """The checked folder; its problems are printed."""
    checked = check_folder(read_folder(path or shipped("content")))
    print_problems(checked.problems)
    return checked


def print_problems(problems: Iterable[Problem], *, to_error: bool = False) -> None:
    """Print each problem in a line, on standard error if `to_error`."""
    for problem in problems:
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        severity = click.style(f"({problem.severity})", fg=colour)
        click.echo(f"{problem} {severity}", err=to_error)
