"""One file of content by itself, with what stands beside it where that is there."""

from pathlib import Path

from lms.courses.revision import picture_address
from lms.foundation.problems import Problem
from lms.quizzes.format import ParsedQuiz, parse_quiz

from .check import figures_of, read_module_file
from .folder import read_module, read_text


def read_quiz(file: Path) -> ParsedQuiz:
    """The quiz in `file`, with the pictures and the objectives of the folder it lies in.

    Without a module.md that can be read, the objectives that questions name are not looked at.
    """
    problems: list[Problem] = []
    text = read_text(file, problems)
    if text is None:
        return ParsedQuiz(quiz=None, problems=tuple(problems))
    module = read_module(file.parent, [])
    figures = figures_of(module)
    document, _ = read_module_file(module, figures)
    return parse_quiz(
        text,
        str(file),
        images=figures,
        objectives=document.settings.objectives if document else None,
        resolve_image=picture_address(figures),
    )
