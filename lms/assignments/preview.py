"""What a rule would change, before anybody saves it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation.database import batches
from lms.organizations.models import Membership

from .alike import alike
from .demands import Demand
from .named import Named, everybody_named
from .planning import plan
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


def preview(session: Session, demand: Demand, now: datetime) -> Preview:
    """What would happen to everybody if the demand were in force from now on; nothing is written."""
    tally = Tally()
    for people, felt in _felt(session, demand, now):
        tally.add(people, felt)
    wanted = {id_ for ids in tally.examples.values() for id_ in ids}
    names = names_of(session, demand.organization_id, sorted(wanted))
    return Preview(
        tally.people,
        tally.counts,
        {effect: [names[id_] for id_ in ids] for effect, ids in tally.examples.items()},
    )


def every_touched(session: Session, demand: Demand, now: datetime) -> Iterator[Touched]:
    """The people whom `preview` counts, by name, as they are read."""
    touched = {
        id_: (people.situation.not_covered is None, felt)
        for people, felt in _felt(session, demand, now)
        if felt or people.situation.not_covered is None
        for id_ in people.membership_ids
    }
    for person in everybody_named(session, demand.organization_id):
        if person.membership_id in touched:
            is_covered, felt = touched[person.membership_id]
            yield Touched(person, is_covered, felt)


def _felt(
    session: Session, demand: Demand, now: datetime
) -> Iterator[tuple[Alike, frozenset[Effect]]]:
    """Everybody with what they would feel: the rule is asked once for all in the same situation."""
    today = demand.today(now)
    for people in alike(session, demand, now):
        steps = plan(demand.terms, people.situation, today)
        yield people, effects(people.situation, steps, today)


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
