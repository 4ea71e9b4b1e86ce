"""Task lists: which lists are one, and which of their boxes Markdown does not take for a box."""

import re

from .source import Block

# `inline.content` still has the backslashes that formatters put before brackets of a broken box.
_BROKEN_BOX = re.compile(r"\\?\[\s*\\?[xX*✓✔]?\s*\\?\](?=\s|$)")
_GLUED_BOX = re.compile(r"\[[ xX]\](?=[^\s(\[:])")


def is_task(item: Block) -> bool:
    """Whether Markdown takes a list's item for a task."""
    return "checked" in item.tokens[0].meta


def is_task_list(block: Block) -> bool:
    """Whether `block` is a list with a box in it, or with what its author may have meant as one."""
    return block.is_list and any(is_task(item) or has_broken_box(item) for item in block.children)


def has_broken_box(item: Block) -> bool:
    """Whether a list's item begins like a box that Markdown does not take for one."""
    text = _text(item)
    return bool(_BROKEN_BOX.match(text) or _GLUED_BOX.match(text))


def complaint(item: Block) -> str:
    """What is wrong with an item that is no task, or a task without a text."""
    text = _text(item)
    box = _BROKEN_BOX.match(text)
    if is_task(item) or (box and box.end() == len(text)):
        return "the option has no text: write it after the box"
    if box:
        return f"`{box[0]}` is not a box: write `[ ]`, or `[x]` for a right option"
    if _GLUED_BOX.match(text):
        return "put a space between the box and the text of the option"
    return "every item of this list needs a box: `[ ]`, or `[x]` for a right option"


def _text(item: Block) -> str:
    first = next(iter(item.children), None)
    return first.inline.content if first and first.kind == "paragraph" else ""
