"""What the page of a quiz's statistics says of each question and of the whole: texts, made here (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms.foundation.wording import NBSP
from lms.quizzes.model import ChoiceQuestion, Question, Quiz
from lms.quizzes.statistics import (
    ENOUGH,
    ItemStatistics,
    OptionStatistics,
    QuizStatistics,
    item_concerns,
    letter,
    quiz_concerns,
)

NONE = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is shown. `reason` says why there is none, and is empty where there is one.

    `share`, from 0 to 100, is drawn as a bar.
    """

    name: str
    value: str
    reason: str = ""
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSheet:
    """One option: how many chose it, which share that is (0 to 100), and its point-biserial."""

    letter: str
    text: str
    is_right: bool
    count: int
    share: float
    tells: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSheet:
    """One graded question. `note` says why it has no figures; then there are none, and no concerns.

    `number` is its place among the graded questions of the file. `rank` sorts the most concerning
    first.
    """

    number: int
    id: str
    title: str
    reworded: int
    note: str
    figures: tuple[Figure, ...]
    options: tuple[OptionSheet, ...]
    concerns: tuple[str, ...]
    rank: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizSheet:
    """The quiz as a whole; without figures and concerns where its attempts are too few."""

    figures: tuple[Figure, ...]
    concerns: tuple[str, ...]


def quiz_sheet(quiz: Quiz, statistics: QuizStatistics) -> QuizSheet:
    """What is said of the quiz as a whole."""
    if statistics.attempts < ENOUGH:
        return QuizSheet(figures=(), concerns=())
    unclear = "there are fewer than two graded questions, or everyone has the same score"
    return QuizSheet(
        figures=(
            Figure("First attempts", str(statistics.attempts)),
            Figure("Average score", _percent(_share(statistics.mean, quiz))),
            Figure("Spread of the scores", _percent(_share(statistics.deviation, quiz))),
            Figure("Reach the pass mark", _percent(100 * _passing(quiz, statistics))),
            _figure("Alpha", _decimal(statistics.alpha), unclear),
            _figure("Standard error", _percent(_share(statistics.standard_error, quiz)), unclear),
        ),
        concerns=quiz_concerns(statistics),
    )


def _share(points: float | None, quiz: Quiz) -> float | None:
    return None if points is None else 100 * points / float(quiz.drawn_points)


def _passing(quiz: Quiz, statistics: QuizStatistics) -> Fraction:
    enough = quiz.settings.pass_mark * quiz.drawn_points
    passing = sum(count for points, count in statistics.totals.items() if points >= enough)
    return Fraction(passing, statistics.attempts)


def question_sheets(quiz: Quiz, statistics: QuizStatistics) -> tuple[QuestionSheet, ...]:
    """What is said of each graded question, in the order of the file."""
    questions = quiz.by_id
    return tuple(
        _question_sheet(number, questions[item.id], item)
        for number, item in enumerate(statistics.items, 1)
    )


def most_concerning_first(sheets: Sequence[QuestionSheet]) -> tuple[QuestionSheet, ...]:
    """Those with the most concerns first, and of these the ones that discriminate least."""
    return tuple(sorted(sheets, key=lambda sheet: sheet.rank))


def _question_sheet(number: int, question: Question, item: ItemStatistics) -> QuestionSheet:
    note = _note(question, item)
    concerns = () if note else item_concerns(item)
    separates = 100.0 if note or item.discrimination is None else item.discrimination
    return QuestionSheet(
        number=number,
        id=question.id,
        title=question.title,
        reworded=item.reworded,
        note=note,
        figures=() if note else _figures(item),
        options=() if note else _options(question, item),
        concerns=concerns,
        rank=(-len(concerns), separates, number),
    )


def _note(question: Question, item: ItemStatistics) -> str:
    if question.void:
        return "This question is void: everyone has its points, and its figures would mean nothing."
    if item.attempts < ENOUGH:
        count = "no first attempt" if not item.attempts else _times(item.attempts, "first attempt")
        return f"So far {count} had this question as it is worded now; figures appear from {ENOUGH} on."
    return ""


def _times(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _figures(item: ItemStatistics) -> tuple[Figure, ...]:
    never = "everyone has the same points here, or in the rest of the quiz"
    blank = () if item.blank is None else (Figure("Left blank", str(item.blank)),)
    return (
        Figure("First attempts", str(item.attempts)),
        Figure("Facility", _percent(item.facility), share=item.facility),
        _figure("Discrimination", _whole(item.discrimination), never),
        _figure("Efficiency", _whole(item.efficiency), never),
        _figure("Median time", _duration(item.seconds), "no answer came from an open page"),
        *blank,
    )


def _figure(name: str, value: str, reason: str) -> Figure:
    return Figure(name, value, reason if value == NONE else "")


def _options(question: Question, item: ItemStatistics) -> tuple[OptionSheet, ...]:
    if not isinstance(question, ChoiceQuestion):
        return ()
    return tuple(
        _option(option.text, statistics, item.attempts)
        for option, statistics in zip(question.options, item.options, strict=True)
    )


def _option(text: str, statistics: OptionStatistics, attempts: int) -> OptionSheet:
    return OptionSheet(
        letter=letter(statistics.number),
        text=text,
        is_right=statistics.is_right,
        count=statistics.count,
        share=100 * statistics.count / attempts,
        tells=_decimal(statistics.point_biserial),
    )


# Figures as texts; none is a dash.


def _percent(value: float | Fraction | None) -> str:
    return NONE if value is None else f"{round(value)}%"


def _whole(value: float | None) -> str:
    return NONE if value is None else _signed(str(round(value)))


def _decimal(value: float | None) -> str:
    # Adding nothing turns -0.0, which a small negative value rounds to, into 0.
    return NONE if value is None else _signed(f"{round(value, 2) + 0.0:.2f}")


def _signed(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return NONE
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}{NBSP}min {rest}{NBSP}s" if minutes else f"{rest}{NBSP}s"
