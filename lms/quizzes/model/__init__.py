"""Quizzes as values: what an author wrote, read and checked. Nothing here can be changed."""

from .attestation import AttestationQuestion
from .choice import ChoiceQuestion, Option, Scoring
from .cloze import ChoiceGap, ClozeQuestion, Gap, GapOption, NumberGap, TextGap
from .matching import MatchingQuestion, Pair, RightSide
from .number import NumberQuestion
from .ordering import OrderingQuestion, OrderItem
from .quiz import Pool, Question, Quiz, QuizSettings, Record, Review
from .reflection import ReflectionQuestion
from .survey import SurveyQuestion
from .text import AnswerKind, Match, TextAnswer, TextQuestion

__all__ = [
    "AnswerKind",
    "AttestationQuestion",
    "ChoiceGap",
    "ChoiceQuestion",
    "ClozeQuestion",
    "Gap",
    "GapOption",
    "Match",
    "MatchingQuestion",
    "NumberGap",
    "NumberQuestion",
    "Option",
    "OrderItem",
    "OrderingQuestion",
    "Pair",
    "Pool",
    "Question",
    "Quiz",
    "QuizSettings",
    "Record",
    "ReflectionQuestion",
    "Review",
    "RightSide",
    "Scoring",
    "SurveyQuestion",
    "TextAnswer",
    "TextGap",
    "TextQuestion",
]
