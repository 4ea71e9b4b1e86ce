"""The rules: each looks at one question and yields what an author should look at again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..grading.text import loose
from ..model import ChoiceQuestion, Match, NumberQuestion, Question, TextQuestion
from ..plaintext import PlainText, read_html
from .abbreviations import find_unsafe
from .answers import Answers, answers_of
from .excerpt import Excerpt, Finding
from .likeness import are_alike, core

COMPARED = 50
"""Of one question, right answers, wrong answers and pictures that are compared with each other."""

_ABOVE = re.compile(
    r"\b(?:all|any|both|neither|none) (?:of (?:the |these )?|the )"
    r"(?:answers |choices |options |statements )?(?:above|preceding|previous)\b",
    re.IGNORECASE,
)
_SELECT_ALL = re.compile(
    r"\b(?:check|choose|mark|pick|select|tick) all\b|\ball that apply\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A question with what the rules look at: what is asked, what can be answered, and its lines."""

    question: Question
    asked: PlainText
    answers: Answers
    excerpt: Excerpt


def subject_of(question: Question, excerpt: Excerpt) -> Subject:
    """`question` as the rules take it, with its heading before the rest of what is asked."""
    asked = read_html(f"<p>{question.heading}</p>{question.stem}")
    return Subject(question, asked, answers_of(question), excerpt)


def all_of_the_above(subject: Subject) -> Iterator[Finding]:
    """An option that speaks of those above it, where options are shuffled."""
    question = subject.question
    if not isinstance(question, ChoiceQuestion) or not question.shuffle:
        return
    for option in question.options:
        if found := _ABOVE.search(option.text):
            message = (
                f"shuffled options have nothing `{found[0]}`: number the list, as `1. [ ]`, or say"
                " what is meant"
            )
            yield Finding(subject.excerpt.find(option.text, found[0]), "all-of-the-above", message)


def near_identical(subject: Subject) -> Iterator[Finding]:
    """A wrong answer that nobody can tell from a right one."""
    question = subject.question
    if isinstance(question, TextQuestion) and question.match is Match.EXACT:
        # There a letter in another case is another answer, as its author said.
        return
    answers = subject.answers
    rights = [(core(text, is_typed=answers.is_typed), text) for text in answers.right[:COMPARED]]
    for wrong in answers.wrong[:COMPARED]:
        own = core(wrong, is_typed=answers.is_typed)
        right = next((text for known, text in rights if are_alike(own, known)), None)
        if right is not None:
            message = (
                f"the wrong answer `{wrong}` is nearly the right one, `{right}`: is that meant?"
            )
            yield Finding(subject.excerpt.find(wrong), "near-identical", message)


def unsafe_abbreviation(subject: Subject) -> Iterator[Finding]:
    """An abbreviation of the "Do Not Use" list in what a learner reads or is meant to write."""
    for text in (subject.asked.outside_code, *subject.answers.read):
        for word, advice in find_unsafe(text):
            message = f'`{word}` is on the Joint Commission\'s "Do Not Use" list: {advice}'
            yield Finding(subject.excerpt.find(word), "unsafe-abbreviation", message)


def wide_tolerance(subject: Subject) -> Iterator[Finding]:
    """A tolerance of more than half of the value. A range says its two ends, and is what it says."""
    question = subject.question
    if not isinstance(question, NumberQuestion) or not question.value:
        return
    if (question.high - question.value) * 2 > abs(question.value):
        message = f"a tolerance of more than half of the value: {question.interval} is right. Is that meant?"
        yield Finding(subject.excerpt.find("±", "+/-", "+-"), "wide-tolerance", message)


def alt_gives_away(subject: Subject) -> Iterator[Finding]:
    """A picture whose alternative text names the right answer, and not all the others with it."""
    right, wrong = subject.answers.right[:COMPARED], subject.answers.wrong[:COMPARED]
    for alternative in subject.asked.alternatives[:COMPARED]:
        named = [text for text in right if _names(alternative, text)]
        names_all = wrong and all(_names(alternative, text) for text in wrong)
        if named and not names_all:
            message = (
                f"the alternative text of the picture gives `{named[0]}` away: say what is seen and"
                " leave the answer to the learner"
            )
            yield Finding(subject.excerpt.find(alternative, "!["), "alt-gives-away", message)


def select_all_of_one(subject: Subject) -> Iterator[Finding]:
    """A question that asks for all that apply and lets one option be chosen."""
    question = subject.question
    if not isinstance(question, ChoiceQuestion) or question.select_many:
        return
    if found := _SELECT_ALL.search(subject.asked.text):
        message = (
            f"`{found[0]}` stands here, but one option only can be chosen: tick a second one, write"
            " `select: many`, or ask for one"
        )
        yield Finding(subject.excerpt.find(found[0]), "one-right-answer", message)


RULES = (
    all_of_the_above,
    alt_gives_away,
    near_identical,
    select_all_of_one,
    unsafe_abbreviation,
    wide_tolerance,
)


def _names(alternative: str, answer: str) -> bool:
    """Whether an alternative text has an answer in it, as whole words."""
    words = loose(answer).strip("\"'.,;:!? ")
    return bool(words) and bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", loose(alternative)))
