"""From sections to the items of a quiz: questions, and pools of questions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..model import Pool, Question
from .document import Section
from .questions import Rules, has_response, question_id, read_question
from .settings import DRAW, SectionSettings, read_settings
from .source import Source, plain_text


@dataclass(frozen=True, slots=True)
class _Entry:
    """A section with its settings read."""

    section: Section
    settings: SectionSettings


def read_items(
    source: Source, sections: Sequence[Section], rules: Rules
) -> tuple[Question | Pool, ...]:
    """The questions and pools of a quiz; those that cannot be read are reported and left out."""
    groups = _groups(source, sections)
    items: list[Question | Pool | None] = []
    ids: dict[str, int] = {}
    for parent, children in groups:
        if children or DRAW in parent.settings.places:
            items.append(_pool(source, parent, children, rules))
        else:
            items.append(read_question(source, parent.section, parent.settings, rules))
        for entry in children or [parent]:
            _check_repeated_id(source, entry, ids)
    return tuple(item for item in items if item)


def questions_of(items: Iterable[Question | Pool]) -> Iterator[Question]:
    """The questions among `items`, those of the pools in their place."""
    for item in items:
        yield from item.questions if isinstance(item, Pool) else (item,)


def _groups(source: Source, sections: Sequence[Section]) -> list[tuple[_Entry, list[_Entry]]]:
    """Each `##` section with the `###` sections that follow it."""
    groups: list[tuple[_Entry, list[_Entry]]] = []
    for section in sections:
        entry = _Entry(section, read_settings(source, section.settings))
        if section.level == 3 and groups:
            groups[-1][1].append(entry)
            continue
        if section.level == 3:
            message = "a `###` question belongs under the `##` heading of a pool"
            source.error(section.place, "bad-heading", message)
        groups.append((entry, []))
    return groups


def _check_repeated_id(source: Source, entry: _Entry, ids: dict[str, int]) -> None:
    identity = question_id(entry.section, entry.settings)
    line = ids.setdefault(identity, entry.section.place.line)
    if identity and line != entry.section.place.line:
        place = entry.settings.places.get("id", entry.section.place)
        message = (
            f"`{identity}` is already the id of the question in line {line}: give this another"
        )
        source.error(place, "repeated-id", message)


def _pool(source: Source, parent: _Entry, children: Sequence[_Entry], rules: Rules) -> Pool | None:
    questions = [read_question(source, e.section, e.settings, rules) for e in children]
    _check_pool_section(source, parent, rules)
    _check_points(source, children, questions)
    draw = parent.settings.draw
    if draw is None:
        return None
    if draw > len(children):
        message = (
            f"the pool draws {draw} and has {len(children)}: write its questions under `###`, or"
            " draw fewer"
        )
        source.error(parent.settings.places[DRAW], "pool-too-small", message)
    return Pool(
        title=plain_text(parent.section.heading.inline.children or []),
        draw=draw,
        questions=tuple(question for question in questions if question),
        line=parent.section.place.line,
    )


def _check_pool_section(source: Source, parent: _Entry, rules: Rules) -> None:
    """Report what a pool's own section may not hold: all but its heading and the number to draw."""
    section, settings = parent.section, parent.settings
    if has_response(section, rules):
        message = (
            "this is a question of its own and has `###` questions too: make it one or the other"
        )
        source.error(section.place, "mixed-question", message)
    elif DRAW not in settings.places:
        message = "a heading with `###` questions is a pool: say how many it draws, as `draw: 1`"
        source.error(section.place, "draw-missing", message)
    elif section.stem or section.parts:
        first = section.stem[0].tokens[0] if section.stem else section.parts[0].paragraph.tokens[0]
        message = "a pool has no text of its own: move it into the introduction or the questions"
        source.error(source.start_of(first), "stray-text", message)
    for key, place in settings.places.items():
        if key != DRAW:
            message = f"`{key}` is for the questions of a pool, not for the pool"
            source.error(place, "bad-setting", message)


def _check_points(
    source: Source, children: Sequence[_Entry], questions: Sequence[Question | None]
) -> None:
    """Report questions of other points than the first: every draw must be worth the same."""
    points = [
        question.points if question else entry.settings.points
        for question, entry in zip(questions, children, strict=True)
    ]
    for entry, own in zip(children, points, strict=True):
        if own != points[0]:
            place = entry.settings.places.get("points", entry.section.place)
            message = f"the first question of the pool has {points[0]} points, this one has not"
            source.error(place, "pool-points", message)
