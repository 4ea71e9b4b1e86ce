"""Commands for one quiz: they need no database and no settings."""

import json
import sys
from pathlib import Path
from random import SystemRandom

import click

from lms.authoring.alone import read_quiz
from lms.foundation.wording import percent, points
from lms.quizzes import contract, terminal
from lms.quizzes.draw import Paper, PaperItem, draw_paper
from lms.quizzes.grading import BadResponse, Mark, Response, Result, grade_paper
from lms.quizzes.model import Question, Quiz
from lms.quizzes.plaintext import printable, text_of

from .content import print_problems

QuizFile = click.argument("file", type=click.Path(path_type=Path))
AsJson = click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")


@click.group()
def quiz() -> None:
    """One quiz: show how it is read, grade responses to it, take it."""


def _read(file: Path, *, as_json: bool = False) -> Quiz:
    """The quiz in `file`; where it has errors they are printed, and the command ends with 1.

    Where JSON is wanted they go to standard error: a program gets JSON or nothing.
    """
    parsed = read_quiz(file)
    if parsed.quiz is None:
        print_problems(parsed.problems, to_error=as_json)
        sys.exit(1)
    return parsed.quiz


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2))


@quiz.command()
@QuizFile
@AsJson
def show(file: Path, as_json: bool) -> None:
    """Show how FILE is read: its settings, and each question with its line and its key."""
    shown = _read(file, as_json=as_json)
    if as_json:
        _print_json(contract.show(shown))
        return
    settings = shown.settings
    attempts = f"{settings.attempts} attempts" if settings.attempts else "attempts without limit"
    click.echo(printable(shown.title))
    click.echo(
        f"{shown.drawn_count} of {len(shown.questions)} questions,"
        f" {points(shown.drawn_points)} points, {contract.exact(settings.pass_mark * 100)}% to pass,"
        f" {attempts}"
    )
    for question in shown.questions:
        about = f"{question.type}, {_worth(question)}"
        click.echo(f"\n{file}:{question.line}: {question.id} ({about})")
        click.echo(_indented(text_of(question.stem or question.heading)))
        click.echo(_indented("\n".join(contract.key_lines(question)), 4))


def _worth(question: Question) -> str:
    return "1 point" if question.points == 1 else f"{points(question.points)} points"


def _indented(text: str, width: int = 2) -> str:
    return "\n".join(" " * width + line for line in text.split("\n"))


@quiz.command()
@QuizFile
@click.argument("responses", type=click.Path(path_type=Path, allow_dash=True))
@AsJson
def grade(file: Path, responses: Path, as_json: bool) -> None:
    """Grade RESPONSES to every question of FILE; `-` reads them from standard input.

    RESPONSES is JSON, {"question-id": response}: an option number, a list of them, or a text, as the
    type of the question asks. Nothing is drawn: the questions of a pool all count.
    """
    graded = _read(file, as_json=as_json)
    name = "standard input" if str(responses) == "-" else str(responses)
    try:
        answers = contract.read_responses(graded, _read_body(responses))
    except contract.BadResponses as error:
        raise click.ClickException(f"{name}: {error}") from error
    result = contract.grade(graded, answers)
    if as_json:
        _print_json(contract.result_json(result))
    else:
        _print_result(graded, result)


def _read_body(responses: Path) -> bytes:
    if str(responses) != "-":
        return responses.read_bytes()
    _check_input()
    return sys.stdin.buffer.read()


def _check_input() -> None:
    if sys.stdin is None:
        raise click.ClickException("Standard input is closed: there is nothing to read.")


def _print_result(graded: Quiz, result: Result, *, explains: bool = False) -> None:
    """Each question with its points and feedback, and why if it `explains`; then the sum."""
    questions = graded.by_id
    for mark in result.marks:
        question = questions[mark.question_id]
        click.echo(_mark_line(mark, question.title))
        explanation = (question.explanation,) if explains and question.explanation else ()
        for words in (*mark.feedback, *explanation):
            click.echo(_indented(text_of(words)))
    verdict = "passed" if result.passed else "not passed"
    click.echo(
        f"{points(result.score)} of {points(result.maximum)} points, {percent(result.fraction)}:"
        f" {verdict} ({contract.exact(graded.settings.pass_mark * 100)}% to pass)"
    )


def _mark_line(mark: Mark, title: str) -> str:
    score = f"{points(mark.score)} of {points(mark.maximum)}"
    return f"{mark.question_id}: {score} ({mark.state}) {printable(title)}"


@quiz.command("try")
@QuizFile
@click.option("--seed", type=int, help="Draw the paper with this number again; without it, any.")
def try_(file: Path, seed: int | None) -> None:
    """Take FILE here: a paper is drawn as for a learner, and graded at the end. Nothing is kept.

    An empty answer leaves a question out. Ctrl-C, or the end of the input, leaves the quiz.
    """
    tried = _read(file)
    _check_input()
    number = SystemRandom().randrange(10**6) if seed is None else seed
    responses: dict[str, Response] = {}
    try:
        _ask_all(tried, draw_paper(tried, number), responses, number)
    except (click.Abort, KeyboardInterrupt):
        click.echo(f"\nYou left after {len(responses)} of {tried.drawn_count} questions.")


def _ask_all(tried: Quiz, paper: Paper, responses: dict[str, Response], seed: int) -> None:
    """Ask every question of the paper into `responses`, then print the result."""
    questions = tried.by_id
    click.echo(printable(tried.title))
    if tried.introduction:
        click.echo(text_of(tried.introduction))
    for place, item in enumerate(paper.items, start=1):
        question = questions[item.question_id]
        click.echo(f"\nQuestion {place} of {len(paper.items)} ({_worth(question)})")
        click.echo(printable(question.title))
        if question.stem:
            click.echo(text_of(question.stem))
        for line in terminal.lines_of(question, item):
            click.echo(_indented(line))
        responses[question.id] = _ask(question, item)
    click.echo()
    _print_result(
        tried,
        grade_paper(tried, [item.question_id for item in paper.items], responses),
        explains=True,
    )
    click.echo(f"The same paper again: --seed {seed}")


def _ask(question: Question, item: PaperItem) -> Response:
    """What is answered, asked again until it can be read."""
    while True:
        prompt = terminal.prompt_of(question)
        typed = click.prompt(prompt, default="", show_default=False)
        try:
            return terminal.read_typed(question, item, typed)
        except BadResponse as error:
            click.echo(str(error))
