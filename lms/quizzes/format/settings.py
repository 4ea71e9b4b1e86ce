"""Settings: the front matter of a quiz, and the code spans `key: value` under a heading."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import takewhile
from typing import Annotated, Any

from markdown_it.token import Token
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from lms.foundation.frontmatter import suggestion

from ..model import Match, QuizSettings, Record, Review, Scoring
from ..model.number import plain
from .source import Block, Place, Source, Span

_BREAKS = ("softbreak", "hardbreak")
_SHAPE = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(.*)", re.DOTALL)
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WHOLE = re.compile(r"[1-9][0-9]{0,3}")
_AMOUNT = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_DURATION = re.compile(r"([1-9][0-9]{0,3})\s*(min|h|days?)")
_UNITS = {"min": "minutes", "h": "hours", "day": "days", "days": "days"}


MAX_ID = 64
"""Characters of a question's id."""

MAX_TIME_LIMIT = timedelta(hours=24)
"""The longest that one attempt may take."""

UNGRADED = "ungraded"
DRAW = "draw"


def _whole(value: object) -> int:
    if not isinstance(value, str) or not _WHOLE.fullmatch(value.strip()):
        raise ValueError("write a whole number from 1 to 9999")
    return int(value)


def _title(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("write a title")
    return value.strip()


def _percent(value: object) -> Fraction:
    """The share, from 0 to 1, that a percentage says."""
    digits = value.strip().removesuffix("%").rstrip() if isinstance(value, str) else ""
    if isinstance(value, str) and value.strip().endswith("%") and _AMOUNT.fullmatch(digits):
        share = Fraction(Decimal(digits)) / 100
        if share <= 1:
            return share
    raise ValueError("write a percentage from 0% to 100%, such as `80%`")


def _duration(value: object) -> timedelta:
    shape = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if shape is None:
        raise ValueError(
            "write a number and `min`, `h` or `days`, such as `20 min`, `24 h` or `2 days`"
        )
    return timedelta(**{_UNITS[shape[2]]: int(shape[1])})


def _time_limit(value: object) -> timedelta:
    limit = _duration(value)
    if limit > MAX_TIME_LIMIT:
        raise ValueError("write at most `24 h`: whoever starts has to go on until it is over")
    return limit


def _points(value: str) -> Fraction:
    if not _AMOUNT.fullmatch(value) or not Decimal(value):
        raise ValueError("write a number above 0, such as `2` or `0.5`")
    return Fraction(Decimal(value))


def _id(value: str) -> str:
    if not _ID.fullmatch(value) or len(value) > MAX_ID:
        raise ValueError(
            f"write small letters, digits and single hyphens, at most {MAX_ID} in all,"
            " such as `hand-off-2`"
        )
    return value


def _tags(value: str) -> tuple[str, ...]:
    tags = tuple(tag.strip() for tag in value.split(","))
    if not all(tags):
        raise ValueError("write words with commas between them")
    return tags


def _objective(value: str) -> str:
    if not value:
        raise ValueError("write the id of one of the module's objectives")
    return value


def _one_of(choices: Mapping[str, Any]) -> Callable[[object], Any]:
    """A reader for one of a few words, each with what it means."""

    def read(value: object) -> Any:
        if not isinstance(value, str) or value.strip() not in choices:
            words = " or ".join(f"`{word}`" for word in choices)
            raise ValueError(f"write {words}")
        return choices[value.strip()]

    return read


_flag = _one_of({"true": True, "false": False})


class FrontMatter(BaseModel):
    """The settings of a quiz as its author writes them."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    title: Annotated[str, BeforeValidator(_title)]
    pass_mark: Annotated[Fraction, BeforeValidator(_percent)] = Field(Fraction(4, 5), alias="pass")
    attempts: Annotated[int | None, BeforeValidator(_whole)] = None
    time_limit: Annotated[timedelta | None, BeforeValidator(_time_limit)] = None
    cooldown: Annotated[timedelta | None, BeforeValidator(_duration)] = None
    record: Annotated[Record, BeforeValidator(_one_of({word.value: word for word in Record}))] = (
        Record.HIGHEST
    )
    shuffle: Annotated[bool, BeforeValidator(_flag)] = False
    review: Annotated[Review, BeforeValidator(_one_of({word.value: word for word in Review}))] = (
        Review.AFTER_ATTEMPT
    )

    def settings(self) -> QuizSettings:
        return QuizSettings(
            pass_mark=self.pass_mark,
            attempts=self.attempts,
            time_limit=self.time_limit,
            cooldown=self.cooldown,
            record=self.record,
            shuffle=self.shuffle,
            review=self.review,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionSettings:
    """The settings under one heading; None where the author wrote none.

    `places` has the place of every setting that stands there, be it right or wrong.
    """

    id: str | None = None
    points: Fraction = Fraction(1)
    tags: tuple[str, ...] = ()
    objective: str | None = None
    scoring: Scoring | None = None
    select_many: bool | None = None
    match: Match | None = None
    shuffle: bool = True
    void: bool = False
    draw: int | None = None
    places: Mapping[str, Place] = field(default_factory=dict)


_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "id": ("id", _id),
    "points": ("points", _points),
    "tags": ("tags", _tags),
    "objective": ("objective", _objective),
    "scoring": ("scoring", _one_of({word.value: word for word in Scoring})),
    "select": ("select_many", _one_of({"one": False, "many": True})),
    "match": ("match", _one_of({word.value: word for word in Match})),
    "shuffle": ("shuffle", _flag),
    "void": ("void", _one_of({"full": True})),
    DRAW: ("draw", _whole),
}
"""For each key the field it fills and the reader of its value, which raises ValueError."""


def settings_spans(source: Source, block: Block) -> list[Span] | None:
    """The code spans of `block` if it is a settings paragraph, else None.

    It holds nothing but code spans, and one of them at least has the shape of a setting: a stem that
    is one span of code is not taken for settings. Text on the line after settings would make a stem
    of them: that is reported, and they are read as settings all the same.
    """
    if block.kind != "paragraph":
        return None
    children = block.inline.children or []
    spans = source.spans(block.inline)
    if all(_is_span_or_space(child) for child in children):
        return spans if any(_is_setting(span) for span in spans) else None
    first_line = list(takewhile(lambda child: child.type not in _BREAKS, children))
    spans = spans[: sum(child.type == "code_inline" for child in first_line)]
    if not all(map(_is_span_or_space, first_line)) or not any(map(_is_known, spans)):
        return None
    message = "put an empty line between the settings and the text"
    source.error(spans[0].place, "bad-setting", message)
    return spans


def _is_span_or_space(child: Token) -> bool:
    return child.type in ("code_inline", *_BREAKS) or (
        child.type == "text" and not child.content.strip()
    )


def key_of(span: Span) -> str:
    """The key of a code span that is a setting."""
    return span.text.partition(":")[0].strip()


def _is_setting(span: Span) -> bool:
    return bool(_SHAPE.fullmatch(span.text)) or span.text.strip() == UNGRADED


def _is_known(span: Span) -> bool:
    return key_of(span) in (*_READERS, UNGRADED)


def read_settings(source: Source, spans: tuple[Span, ...]) -> SectionSettings:
    """Read the settings of one section; what is wrong with them is reported, and left out."""
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    for span in spans:
        shape = _SHAPE.fullmatch(span.text.strip())
        key = shape[1] if shape else span.text.strip()
        if key == UNGRADED:
            _read_flag(source, span, key, places)
        elif shape is None:
            message = f"`{key}` is not a setting: write `key: value`"
            source.error(span.place, "bad-setting", message)
        elif key not in _READERS:
            message = f"`{key}` is not a setting here{suggestion(key, list(_READERS))}"
            source.error(span.place, "unknown-setting", message)
        elif key in places:
            source.error(span.place, "bad-setting", f"`{key}` is set twice: keep one")
        else:
            places[key] = span.place
            _read_value(source, span.place, key, shape[2].strip(), values)
    return SectionSettings(places=places, **values)


def _read_flag(source: Source, span: Span, key: str, places: dict[str, Place]) -> None:
    """Take a setting that says all it has to say by standing there."""
    if span.text.strip() != key:
        source.error(span.place, "bad-setting", f"`{key}` has no value: write it alone")
    elif key in places:
        source.error(span.place, "bad-setting", f"`{key}` is set twice: keep one")
    places.setdefault(key, span.place)


def _read_value(source: Source, place: Place, key: str, value: str, values: dict[str, Any]) -> None:
    name, reader = _READERS[key]
    try:
        values[name] = reader(value)
    except ValueError as error:
        source.error(place, "bad-id" if key == "id" else "bad-setting", f"`{key}`: {error}")


def canonical_settings(spans: Iterable[Span]) -> list[str]:
    """The settings in their one order and spelling; what cannot be read as one stays as it is, last."""
    order = [*_READERS, UNGRADED]
    written = [_canonical_setting(span) for span in spans]
    return [
        text
        for _, text in sorted(
            written, key=lambda item: order.index(item[0]) if item[0] in order else len(order)
        )
    ]


def _canonical_setting(span: Span) -> tuple[str, str]:
    """The key of a setting, and the setting as it is to be written."""
    shape = _SHAPE.fullmatch(span.text.strip())
    if shape is None:
        return span.text.strip(), span.text.strip()
    key, value = shape[1], shape[2].strip()
    if key == "tags":
        value = ", ".join(tag.strip() for tag in value.split(","))
    elif key == "points" and _AMOUNT.fullmatch(value):
        value = plain(Decimal(value))
    return key, f"{key}: {value}"
