"""Quizzes as values: what an author wrote, read and checked. Nothing here can be changed."""

from .choice import ChoiceQuestion, Option, Scoring
from .number import NumberQuestion
from .quiz import Pool, Question, Quiz, QuizSettings, Review
from .text import AnswerKind, Match, TextAnswer, TextQuestion

__all__ = [
    "AnswerKind",
    "ChoiceQuestion",
    "Match",
    "NumberQuestion",
    "Option",
    "Pool",
    "Question",
    "Quiz",
    "QuizSettings",
    "Review",
    "Scoring",
    "TextAnswer",
    "TextQuestion",
]
