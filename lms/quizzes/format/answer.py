"""The label that short text and numbers share, and how they are told apart."""

from .labels import Part

ANSWER = "answer"


def is_written_as_text(part: Part) -> bool:
    """Whether what follows `**Answer:**` is code or a list: `80` in code is text, bare it is a number."""
    if part.inline:
        return any(token.type == "code_inline" for token in part.inline)
    return bool(part.blocks)
