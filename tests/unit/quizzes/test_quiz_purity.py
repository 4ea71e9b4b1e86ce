"""The quiz core stands alone: importing it loads neither the web framework nor the database."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module",
    ["lms.quizzes.model", "lms.quizzes.format", "lms.quizzes.grading", "lms.quizzes.draw"],
)
def test_pure_modules_load_neither_flask_nor_sqlalchemy(module):
    script = f"import sys, {module}; print(sorted({{'flask', 'sqlalchemy'}} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
