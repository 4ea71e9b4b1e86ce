"""What a rule would change, before anybody saves it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.courses import cycles
from lms.courses.catalogue import Catalogue
from lms.foundation.database import batches
from lms.organizations.models import Membership

from .alike import alike
from .demands import Demand
from .named import Named, everybody_named
from .planning import Begin, Completion, Situation, Step, plan, taken
from .tally import Alike, Effect, Tally, effects


@dataclass(frozen=True, slots=True)
class Preview:
    """How many people a rule covers, how many feel what, and the first names of each effect."""

    people: int
    counts: Mapping[Effect, int]
    names: Mapping[Effect, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Touched:
    """A person whom a rule would cover, or who would feel something of it."""

    person: Named
    is_covered: bool
    effects: frozenset[Effect]


def preview(session: Session, demand: Demand, catalogue: Catalogue, now: datetime) -> Preview:
    """What would happen to everybody if the demand were in force from now on; nothing is written."""
    tally = Tally()
    for people, felt in _felt(session, demand, catalogue, now):
        tally.add(people, felt)
    wanted = {id_ for ids in tally.examples.values() for id_ in ids}
    names = names_of(session, demand.organization_id, sorted(wanted))
    return Preview(
        tally.people,
        tally.counts,
        {effect: [names[id_] for id_ in ids] for effect, ids in tally.examples.items()},
    )


def every_touched(
    session: Session, demand: Demand, catalogue: Catalogue, now: datetime
) -> Iterator[Touched]:
    """The people whom `preview` counts, by name, as they are read."""
    touched = {
        id_: (people.situation.not_covered is None, felt)
        for people, felt in _felt(session, demand, catalogue, now)
        if felt or people.situation.not_covered is None
        for id_ in people.membership_ids
    }
    for person in everybody_named(session, demand.organization_id):
        if person.membership_id in touched:
            is_covered, felt = touched[person.membership_id]
            yield Touched(person, is_covered, felt)


def _felt(
    session: Session, demand: Demand, catalogue: Catalogue, now: datetime
) -> Iterator[tuple[Alike, frozenset[Effect]]]:
    """Everybody with what they would feel: the rule is asked once for all in the same situation."""
    today = demand.today(now)
    planned = [
        (people, plan(demand.terms, people.situation, today))
        for people in alike(session, demand, now)
    ]
    begun = {index for index, (_, steps) in enumerate(planned) if _has_begin(steps)}
    ready = _done_by_beginning(session, demand, catalogue) if begun else frozenset[int]()
    for index, (people, steps) in enumerate(planned):
        situation, done = people.situation, ready if index in begun else frozenset[int]()
        at_once = [id_ for id_ in people.membership_ids if id_ in done]
        if at_once:
            further = _once_done(demand, situation, steps, today)
            yield Alike(situation, at_once), effects(situation, [*steps, *further], today)
        if len(at_once) < people.count:
            others = [id_ for id_ in people.membership_ids if id_ not in done]
            yield Alike(situation, others), effects(situation, steps, today)


def _has_begin(steps: Sequence[Step]) -> bool:
    return any(isinstance(step, Begin) for step in steps)


def _done_by_beginning(session: Session, demand: Demand, catalogue: Catalogue) -> frozenset[int]:
    """Those whom earlier work, in other courses, lets complete this one as soon as they begin it."""
    course = catalogue.course_by_id(demand.course_id)
    assert course is not None, "what is published stays so"
    here = (Membership.organization_id == demand.organization_id) & Membership.ended_at.is_(None)
    done = cycles.done_by_beginning(course, select(Membership.__table__.c.user_id).where(here))
    members = select(Membership.id).where(here, Membership.__table__.c.user_id.in_(done))
    return frozenset(session.scalars(members))


def _once_done(
    demand: Demand, situation: Situation, steps: Sequence[Step], today: date
) -> Sequence[Step]:
    """What follows for somebody who completes the course by the steps that begin it."""
    begun = taken(situation, steps, today)
    done = (*begun.completions, Completion(0, today))
    return plan(demand.terms, replace(begun, completions=done), today)


def names_of(session: Session, organization_id: int, ids: Sequence[int]) -> dict[int, str]:
    """The names of those of the memberships that are the organization's."""
    found: dict[int, str] = {}
    for some in batches(sorted(set(ids))):
        rows = session.execute(
            select(Membership.id, User.name)
            .join(User, User.id == Membership.user_id)
            .where(Membership.organization_id == organization_id, Membership.id.in_(some))
        )
        found.update((row[0], row[1]) for row in rows)
    return dict(sorted(found.items(), key=lambda one: (one[1].casefold(), one[0])))
