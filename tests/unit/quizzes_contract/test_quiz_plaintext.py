"""HTML of our own Markdown as words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.foundation import markdown
from lms.quizzes.plaintext import printable, read_html, text_of


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("one *two*\nthree", "one two three"),
        ("one\n\ntwo", "one\ntwo"),
        ("- a\n- b", "- a\n- b"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b\n1 2"),
        ("```\none\n  two\n```", "one\ntwo"),
        ("`a < b` &amp; <b>", "a < b & <b>"),
        ("x ![A chart](a.png) y", "x [A chart] y"),
        ("![](a.png)", "[]"),
        ('![A chart](a.png "Cap")', "[A chart]\nCap"),
        ("[a link](https://a.example)", "a link"),
        ("a\\\nb", "a\nb"),
        ("\x1b[31mred\x9b", "[31mred"),
        ("", ""),
    ],
)
def test_markdown_as_words(source: str, text: str) -> None:
    assert text_of(markdown.render(source)) == text


def test_code_and_pictures_apart() -> None:
    words = read_html(markdown.render("a `b c` d ![e](f.png) `g`"))
    assert words.text == "a b c d [e] g"
    assert words.outside_code == "a d [e]"
    assert words.alternatives == ("e",)


@given(st.text())
def test_any_markdown_becomes_printable_words(source: str) -> None:
    words = text_of(markdown.render(source))
    assert words == printable(words)
    assert "\x1b" not in words
