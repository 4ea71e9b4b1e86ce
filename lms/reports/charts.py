"""The figures of pages as shapes to draw: lengths in the units of their pictures (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

BINS = 10
BIN_WIDTH = 32
LEFT = 20
TOP = 44
HEIGHT = 110
# The words at the pass mark take about so much.
PASS_WORDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How many scores lie in one tenth: `words` names it, such as `80–89%`."""

    words: str
    count: int
    x: int
    y: float
    height: float

    @property
    def middle(self) -> float:
        """Where the bar's count is written."""
        return self.x + BIN_WIDTH / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Bars side by side over a line, and where the pass mark stands between them."""

    bars: tuple[Bar, ...]
    pass_x: float
    left: int = LEFT
    width: int = 2 * LEFT + BINS * BIN_WIDTH
    height: int = TOP + HEIGHT + 24
    base: int = TOP + HEIGHT
    bar_width: int = BIN_WIDTH - 4

    @property
    def pass_words_x(self) -> float:
        """Where the words at the pass mark have their middle: beside it where they would be cut off."""
        return min(max(self.pass_x, PASS_WORDS / 2), self.width - PASS_WORDS / 2)

    @property
    def marks(self) -> tuple[tuple[str, int], ...]:
        """The words below the line and their places."""
        return tuple((f"{tenth * 10}%", LEFT + tenth * BIN_WIDTH) for tenth in (0, 2, 4, 6, 8, 10))


def histogram(totals: Mapping[Fraction, int], maximum: Fraction, pass_mark: Fraction) -> Histogram:
    """How many attempts got which share of the points, by tenths; all of them are in the last one.

    `totals` says how many got how many points, `pass_mark` is a share. Raises ZeroDivisionError for a
    quiz without points.
    """
    counts = [0] * BINS
    for points, count in totals.items():
        counts[min(BINS - 1, int(points / maximum * BINS))] += count
    highest = max(counts) or 1
    return Histogram(
        bars=tuple(_bar(tenth, count, highest) for tenth, count in enumerate(counts)),
        pass_x=LEFT + float(pass_mark) * BINS * BIN_WIDTH,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Counts over time as bars side by side over a line, oldest first."""

    bars: tuple[Bar, ...]
    width: int
    height: int = TOP + HEIGHT + 24
    base: int = TOP + HEIGHT
    bar_width: int = BIN_WIDTH - 6


def trend(counts: Sequence[tuple[str, int]]) -> Trend:
    """A bar for each count, under the words that name it; the highest is as high as the picture."""
    highest = max((count for _words, count in counts), default=0) or 1
    bars = []
    for place, (words, count) in enumerate(counts):
        height = round(HEIGHT * count / highest, 1)
        y = round(TOP + HEIGHT - height, 1)
        bars.append(Bar(words=words, count=count, x=LEFT + place * BIN_WIDTH, y=y, height=height))
    return Trend(bars=tuple(bars), width=2 * LEFT + len(bars) * BIN_WIDTH)


def short(count: int) -> str:
    """A count in four letters at most, rounded down, such as `950`, `1.2k`, `48k` or `2M`."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            tenths = count * 10 // size
            return (
                f"{tenths // 10}.{tenths % 10}{letter}"
                if tenths < 100
                else f"{tenths // 10}{letter}"
            )
    return str(count)


def _bar(tenth: int, count: int, highest: int) -> Bar:
    height = round(HEIGHT * count / highest, 1)
    last = 100 if tenth == BINS - 1 else tenth * 10 + 9
    return Bar(
        words=f"{tenth * 10}–{last}%",
        count=count,
        x=LEFT + tenth * BIN_WIDTH,
        y=round(TOP + HEIGHT - height, 1),
        height=height,
    )
