"""The options of a drop-down list."""

import pytest

from lms.foundation.options import options


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (
            None,
            '<option value="1">Ward &lt;3&gt;</option><option value="12">Say &#34;12&#34;</option>',
        ),
        (
            "1",
            '<option value="1" selected>Ward &lt;3&gt;</option>'
            '<option value="12">Say &#34;12&#34;</option>',
        ),
        (
            "12",
            '<option value="1">Ward &lt;3&gt;</option>'
            '<option value="12" selected>Say &#34;12&#34;</option>',
        ),
        (
            "3",
            '<option value="1">Ward &lt;3&gt;</option><option value="12">Say &#34;12&#34;</option>',
        ),
    ],
)
def test_the_chosen_one_is_selected(chosen: str | None, expected: str) -> None:
    assert options({1: "Ward <3>", 12: 'Say "12"'}, chosen) == expected


def test_a_text_that_reads_like_an_attribute_selects_nothing() -> None:
    values = {'a"b': 'x value="c"', "c": "second"}
    assert options(values, "c").count("selected") == 1
    assert options(values, "c").endswith('<option value="c" selected>second</option>')
    assert options(values, 'a"b').startswith('<option value="a&#34;b" selected>')
    assert "selected" not in options(values, '" onclick="x')


def test_nothing_to_choose_from_is_nothing() -> None:
    assert options({}, "1") == ""
