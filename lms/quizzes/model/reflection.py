"""Questions answered with a text of one's own, which nobody grades."""

from dataclasses import dataclass

from .quiz import Question


@dataclass(frozen=True, kw_only=True)
class ReflectionQuestion(Question):
    """What to think about, as HTML; "" where the stem or the heading says it."""

    prompt: str

    @property
    def type(self) -> str:
        return "reflection"
