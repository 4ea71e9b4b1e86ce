"""What members add to the figures of their organization, and what changes where they change."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.assignments.month_ends import month_ends
from lms.assignments.parts import ASSIGNMENT, MONTH, TEAM, Life, Part, difference, part_of
from lms.assignments.planning import Closed, State
from lms.assignments.terms import Due

TODAY = date(2026, 3, 2)
ENDS = month_ends(TODAY, "UTC")
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
FEBRUARY = date(2026, 2, 28).toordinal()


def life(
    due_on: date,
    assignment_id: int = 1,
    closed: Closed | None = None,
    closed_at: datetime | None = None,
    *,
    is_current: bool = True,
    opened_at: datetime = LONG_AGO,
) -> Life:
    due = Due(due_on - timedelta(days=30), due_on, due_on.day)
    return Life(assignment_id, is_current, due, opened_at, closed, closed_at)


def part(*lives: Life, is_member: bool = True, teams: tuple[int, ...] = ()) -> Part:
    return part_of(lives, is_member=is_member, going_on={1, 2}, teams=teams, today=TODAY, ends=ENDS)


def test_a_member_counts_by_assignment_and_in_each_of_their_teams() -> None:
    found = part(life(date(2026, 2, 20)), life(date(2026, 3, 1), 2), life(TODAY, 2), teams=(7, 9))
    assert (found.overdue, found.overdue_since) == (2, date(2026, 2, 20))
    assert found.figures() == {
        (ASSIGNMENT, 1, State.OVERDUE): 1,
        (ASSIGNMENT, 2, State.OVERDUE): 1,
        (ASSIGNMENT, 2, State.DUE): 1,
        (TEAM, 7, State.OVERDUE): 2,
        (TEAM, 7, State.DUE): 1,
        (TEAM, 9, State.OVERDUE): 2,
        (TEAM, 9, State.DUE): 1,
        (MONTH, FEBRUARY, State.OVERDUE): 1,
    }


def test_what_is_over_counts_in_the_past_alone() -> None:
    was_late = life(
        date(2026, 2, 20), closed=Closed.MET, closed_at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    in_february = {(MONTH, FEBRUARY, State.OVERDUE): 1}
    assert part(was_late, is_member=False).figures() == in_february
    assert part(life(date(2026, 2, 20), 3)).figures() == in_february
    assert part(life(date(2026, 2, 20), is_current=False)).figures() == in_february
    assert part(was_late).figures() == in_february | {(ASSIGNMENT, 1, State.MET): 1}


def test_what_was_not_overdue_then_does_not_count() -> None:
    closed_at = datetime(2026, 2, 27, tzinfo=UTC)
    in_time = life(date(2026, 2, 20), closed=Closed.MET, closed_at=closed_at)
    later = life(date(2026, 2, 20), opened_at=datetime(2026, 3, 1, 1, tzinfo=UTC))
    on_the_day = life(date(2026, 2, 28))
    assert part(in_time, later, on_the_day).months == {}


days = st.integers(-500, 60).map(lambda offset: TODAY + timedelta(days=offset))
moments = days.map(lambda day: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


@st.composite
def lives(draw: st.DrawFn) -> Life:
    closed = draw(st.none() | st.sampled_from(Closed))
    return life(
        draw(days),
        draw(st.integers(1, 3)),
        closed,
        draw(moments) if closed else None,
        is_current=draw(st.booleans()),
        opened_at=draw(moments),
    )


parts = st.builds(
    lambda several, is_member, teams: part(*several, is_member=is_member, teams=tuple(teams)),
    st.lists(lives(), max_size=6),
    st.booleans(),
    st.sets(st.integers(1, 4)),
)


@given(st.lists(parts, max_size=5), st.lists(parts, max_size=5))
def test_what_is_kept_and_corrected_is_what_counting_says(
    before: list[Part], after: list[Part]
) -> None:
    kept, counted = Counter(), Counter()
    for one in before:
        kept.update(one.figures())
    for one in after:
        counted.update(one.figures())
    kept.update(difference(before, after))
    assert {key: count for key, count in kept.items() if count} == counted


@given(parts)
def test_what_the_database_keeps_is_the_same_part(one: Part) -> None:
    kept = Part.from_json(one.to_json())
    assert (kept.figures(), kept.overdue) == (one.figures(), one.overdue)
    assert (kept.overdue_since, kept.to_json()) == (one.overdue_since, one.to_json())
