"""The command that grades answers again after a key was mended."""

from collections.abc import Sequence

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.regrading import POLICIES, Preview, preview, questions_to_choose
from lms.courses.catalogue import Catalogue, Module
from lms.courses.publications import catalogue_number, load_catalogue
from lms.foundation.clock import system_clock
from lms.foundation.wording import counted, date_in_full, percent
from lms.quizzes import regrades
from lms.quizzes.plaintext import printable
from lms.quizzes.regrade_plan import PlannedAttempt, Scope
from lms.quizzes.regrades import PlanOutdated
from lms.quizzes.regrading import Policy
from lms.quizzes.shelf import QuizShelf
from lms.quizzes.terms import GradeOfAttempt

from .database import current
from .terminal import at_terminal


@click.command(
    epilog="\n\n".join(f"{policy.value}: {words}." for policy, words in POLICIES.items())
)
@click.argument("module")
@click.option(
    "--policy",
    default=Policy.NEW_KEY.value,
    show_default=True,
    type=click.Choice([policy.value for policy in Policy]),
    help="Whose key counts.",
)
@click.option(
    "--question",
    "questions",
    multiple=True,
    help="The id of a question; may be given several times. Without it, every question whose wording "
    "has changed since it was answered.",
)
@click.option("--plan", "only_plan", is_flag=True, help="Only show what would change.")
@click.option("--reason", default="", help="Why; learners see it beside their result.")
@click.option("--yes", is_flag=True, help="Do not ask before applying it.")
def regrade(
    module: str, policy: str, questions: tuple[str, ...], only_plan: bool, reason: str, yes: bool
) -> None:
    """Grade the submitted attempts at MODULE's quiz again, with the key that is published now.

    Grades are appended; nothing that was earned is taken away. Another regrade, with the policy
    original-key, undoes it.
    """
    quizzes = QuizShelf()
    with current() as database:
        with database.reading_session() as session:
            shelf = _catalogue(session)
            found = _module(shelf, module)
            scope = _scope(session, found, questions, Policy(policy), quizzes)
            made = preview(session, scope, found, quizzes)
        _print(made)
        if only_plan or not made.plan.changed:
            return
        reason = " ".join(reason.split())
        if not reason:
            raise click.UsageError("--reason is missing: say why. --plan only shows the plan.")
        if not yes:
            click.confirm("Apply this?", abort=True)
        try:
            with database.transaction() as session:
                regrades.apply(
                    session,
                    scope,
                    digest=made.plan.digest,
                    reason=reason,
                    by_id=None,
                    by_name=at_terminal().name,
                    quizzes=quizzes,
                    shelf=shelf,
                    now=system_clock(),
                )
        except PlanOutdated as error:
            raise click.ClickException(
                "Something was submitted or graded meanwhile: nothing was applied, look again."
            ) from error
    click.echo("Applied.")


def _catalogue(session: Session) -> Catalogue:
    return load_catalogue(session, session.scalar(select(catalogue_number())))


def _module(shelf: Catalogue, slug: str) -> Module:
    found = shelf.modules.get(slug)
    if found is None or found.quiz is None:
        raise click.ClickException(f"There is no published module `{slug}` with a quiz.")
    return found


def _scope(
    session: Session, module: Module, asked: Sequence[str], policy: Policy, quizzes: QuizShelf
) -> Scope:
    known = questions_to_choose(session, module, quizzes)
    unknown = [question for question in asked if question not in known]
    if unknown:
        raise click.ClickException(f"The quiz has no question `{unknown[0]}`.")
    chosen = asked or [question for question, count in known.items() if count]
    if not chosen:
        raise click.ClickException(
            "No submitted attempt was put another wording than the one in force: name questions with "
            "--question."
        )
    return Scope(
        module_id=module.id,
        revision_id=module.revision_id,
        question_ids=tuple(dict.fromkeys(chosen)),
        policy=policy,
    )


def _print(made: Preview) -> None:
    for one in made.plan.attempts:
        click.echo(_line(one))
    click.echo(
        f"{counted(len(made.plan.attempts), 'attempt')},"
        f" {len(made.plan.changed)} with another grade;"
        f" {counted(made.gained, 'learner')} would pass who did not,"
        f" {made.lost} would not pass any more and keep what they earned."
    )
    if made.certificates:
        click.echo("Certificates of these learners, which stay as they are:")
    for certificate in made.certificates:
        click.echo(f"  {certificate.number} {printable(certificate.learner_name)}")


def _line(one: PlannedAttempt) -> str:
    day = date_in_full(one.submitted_at.date())
    line = f"{printable(one.learner)}, attempt {one.number} on {day}: {_words(one.before)}"
    line += f" → {_words(one.grade_after)}" if one.changes else ", the same"
    if one.after.not_compared:
        line += f" (kept: {', '.join(one.after.not_compared)})"
    return line


def _words(grade: GradeOfAttempt) -> str:
    return f"{percent(grade.share)} {'passed' if grade.passed else 'not passed'}"
