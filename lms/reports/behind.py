"""The teams of a whole organization that are furthest behind: of a thousand, those that a page shows.

The database ranks what is kept of them. Those whose kept figures do not hold any more are few: they
are corrected and take their places among the others.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Float, Integer, and_, bindparam, func, literal_column, select, text
from sqlalchemy.orm import Session

from lms.assignments.models import KeptFigures
from lms.assignments.parts import TEAM, Key
from lms.assignments.planning import State
from lms.foundation.database import fetch
from lms.organizations.models import Team

from .compliance import Group
from .standing import Figures

# In the order of their columns; to walk through an enumeration takes longer.
STATES = tuple(State)


def by_share(team: Group) -> tuple[float, str]:
    """Sorts by the share that is overdue, most first, and then by name."""
    return (-_share(team), team.name.lower())


def first_of(teams: Sequence[Group], most: int) -> list[Group]:
    """So many of the teams that are furthest behind, the oldest of those that are equally far."""
    ranked = sorted(teams, key=lambda team: (-_share(team), int(team.key)))
    return sorted(ranked[:most], key=by_share)


def _share(team: Group) -> float:
    total = team.figures.total
    return team.figures.overdue / total if total else 0.0


def corrected_teams(corrections: Mapping[Key, int]) -> list[int]:
    """The teams whose kept figures do not hold: `RANKED` is to leave them out."""
    return sorted({key for kind, key, _state in corrections if kind == TEAM})


def furthest_behind(
    session: Session,
    organization_id: int,
    corrections: Mapping[Key, int],
    ranked: Sequence[Sequence[Any]],
    most: int,
) -> tuple[list[Group], int]:
    """So many teams as in `first_of`, and how many there are that owe anything.

    `corrections` are what the kept figures differ by, and `ranked` the rows of `RANKED`.
    """
    teams = [_group(*row[:-1]) for row in ranked]
    count = ranked[0][-1] if ranked else 0
    if corrected := corrected_teams(corrections):
        values = {"organization_id": organization_id, "corrected": corrected}
        others = [_group(*row) for row in fetch(session, _CORRECTED, **values)]
        for team in others:
            for state in STATES:
                team.figures.add(state, corrections.get((TEAM, int(team.key), state), 0))
        others = [team for team in others if any(team.figures.of.values())]
        teams, count = teams + others, count + len(others)
    return first_of(teams, most), count


def _group(id_: int, name: str, *counts: int | None) -> Group:
    found = {state: count or 0 for state, count in zip(STATES, counts, strict=True)}
    return Group(str(id_), name, Figures(found))


# Statements, built once

_COUNTS = [getattr(KeptFigures, state.value) for state in STATES]
# As the index `rank_kept_figures` has it, which a database uses only for the very same expressions:
# all but those that are no longer required, and the share of them that is overdue.
_OWED = "open + due + overdue + met + waived"
_IS_ANY = text(f"{_OWED} + expired > 0")
_SHARE = literal_column(
    f"CASE WHEN {_OWED} > 0 THEN CAST(overdue AS FLOAT) / ({_OWED}) ELSE 0.0 END", Float
)

_KEPT = (
    KeptFigures.organization_id == bindparam("organization_id"),
    KeptFigures.kind == TEAM,
)
_IS_OWING = (
    *_KEPT,
    KeptFigures.key.not_in(bindparam("corrected", expanding=True)),
    _IS_ANY,
)
_IS_OPEN = (Team.organization_id == bindparam("organization_id"), Team.ended_at.is_(None))
# A team that has ended has nobody, and owes nothing: only the names of those that are shown are looked up.
# A count over the rows themselves would have the database keep a thousand of them aside.
_FIRST = (
    select(
        KeptFigures.key.label("team_id"),
        *_COUNTS,
        select(func.count())
        .select_from(KeptFigures)
        .where(*_IS_OWING)
        .scalar_subquery()
        .label("count"),
    )
    .where(*_IS_OWING)
    .order_by(_SHARE.desc(), KeptFigures.key)
    .limit(bindparam("most", type_=Integer))
    .subquery()
)
RANKED = (
    select(Team.id, Team.name, *list(_FIRST.c)[1:])
    .join(_FIRST, _FIRST.c.team_id == Team.id)
    .where(*_IS_OPEN)
)
_CORRECTED = (
    select(Team.id, Team.name, *_COUNTS)
    .outerjoin(KeptFigures, and_(KeptFigures.key == Team.id, *_KEPT))
    .where(*_IS_OPEN, Team.id.in_(bindparam("corrected", expanding=True)))
)
