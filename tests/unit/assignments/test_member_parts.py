"""What members add to the figures of their organization, and what changes where they change."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.assignments.month_ends import month_ends
from lms.assignments.parts import ASSIGNMENT, MONTH, TEAM, Life, Moved, Part, difference, part_of
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
    ended_on = closed_at.date() if closed_at else None
    return Life(assignment_id, is_current, due, opened_at, closed, ended_on)


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


MIDNIGHT = ENDS[-1].over_at
SECOND = timedelta(seconds=1)


def moved(one: Life, *moves: tuple[date, datetime]) -> Life:
    return replace(one, moves=[Moved(*move) for move in moves])


def test_the_end_of_a_month_goes_by_the_date_in_force_then() -> None:
    late, ahead = date(2026, 2, 20), date(2026, 4, 1)
    in_january = date(2026, 1, 31).toordinal()
    cases: list[tuple[Life, dict[int, int]]] = [
        # Postponed later, in the first moment after the month, and in the last one of it.
        (moved(life(ahead), (late, MIDNIGHT + SECOND)), {FEBRUARY: 1}),
        (moved(life(ahead), (late, MIDNIGHT)), {FEBRUARY: 1}),
        (moved(life(ahead), (late, MIDNIGHT - SECOND)), {}),
        # Brought forward: it was not late before that.
        (moved(life(late), (ahead, MIDNIGHT)), {}),
        (moved(life(late), (ahead, MIDNIGHT - SECOND)), {FEBRUARY: 1}),
        # Moved twice: each month has its own date.
        (
            moved(life(ahead), (date(2026, 1, 2), MIDNIGHT - SECOND), (ahead, MIDNIGHT)),
            {in_january: 1},
        ),
        # The first move that was written after the month tells, whatever the clocks said.
        (moved(life(late), (ahead, MIDNIGHT + SECOND), (late, MIDNIGHT)), {}),
    ]
    for one, months in cases:
        found = part(one).months
        assert {key: found[key] for key in (in_january, FEBRUARY) if key in found} == months, one


def test_what_ended_on_the_last_day_of_a_month_was_not_overdue_at_its_end() -> None:
    late = life(date(2026, 2, 20), closed=Closed.MET, closed_at=datetime(2026, 3, 1, tzinfo=UTC))
    for on, months in ((date(2026, 2, 28), {}), (date(2026, 3, 1), {FEBRUARY: 1})):
        assert part(replace(late, ended_on=on)).months == months


days = st.integers(-500, 60).map(lambda offset: TODAY + timedelta(days=offset))
moments = days.map(lambda day: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


@st.composite
def lives(draw: st.DrawFn) -> Life:
    closed = draw(st.none() | st.sampled_from(Closed))
    moves = draw(st.lists(st.tuples(days, moments), max_size=3))
    one = life(
        draw(days),
        draw(st.integers(1, 3)),
        closed,
        draw(moments) if closed else None,
        is_current=draw(st.booleans()),
        opened_at=draw(moments),
    )
    return moved(one, *moves)


@given(lives(), days, moments)
def test_a_move_after_a_months_end_never_changes_that_months_figure(
    one: Life, due_on: date, moment: datetime
) -> None:
    """A move keeps the date that it found; what is due on another day from then on was due on that before."""
    found = Moved(one.due.due_on, moment)
    later = replace(one, due=replace(one.due, due_on=due_on), moves=[*one.moves, found])
    before, after = part(one).months, part(later).months
    for end in ENDS:
        if end.over_at <= moment:
            key = end.day.toordinal()
            assert before.get(key) == after.get(key)


@given(lives())
def test_the_end_of_a_month_after_the_last_move_goes_by_the_date_of_today(one: Life) -> None:
    plain = replace(one, moves=())
    for end in ENDS:
        if all(move.moved_at < end.over_at for move in one.moves):
            assert one.was_overdue(end) == plain.was_overdue(end)


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
