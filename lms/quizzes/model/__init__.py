"""Quizzes as values: what an author wrote, read and checked. Nothing here can be changed."""

from .choice import ChoiceQuestion, Option, Scoring
from .matching import MatchingQuestion, Pair, RightSide
from .number import NumberQuestion
from .ordering import OrderingQuestion, OrderItem
from .quiz import Pool, Question, Quiz, QuizSettings, Review
from .text import AnswerKind, Match, TextAnswer, TextQuestion

__all__ = [
    "AnswerKind",
    "ChoiceQuestion",
    "Match",
    "MatchingQuestion",
    "NumberQuestion",
    "Option",
    "OrderItem",
    "OrderingQuestion",
    "Pair",
    "Pool",
    "Question",
    "Quiz",
    "QuizSettings",
    "Review",
    "RightSide",
    "Scoring",
    "TextAnswer",
    "TextQuestion",
]
