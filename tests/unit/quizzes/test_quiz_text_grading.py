"""Grading of short texts: loose about typing, never about words."""

import unicodedata
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.grading import BadResponse, Response, State, grade_question, read_response
from lms.quizzes.grading.text import TYPOGRAPHY, loose, tidy, wildcard_match


def share(read_question, key: str, response: Response, settings: str = "id: q") -> Fraction:
    question = read_question(f"## Q\n`{settings}`\n\n**Answer:** {key}\n")
    return grade_question(question, response).score


@pytest.mark.parametrize(
    ("key", "response"),
    [
        pytest.param("Case Manager", "  case \t manager ", id="case-and-space"),
        pytest.param("case manager", "case\u00a0manager", id="no-break-space"),
        pytest.param("Straße", "STRASSE", id="sharp-s"),
        pytest.param("café", "cafe\u0301", id="composed"),
        pytest.param("patient's", "patient’s", id="curly-apostrophe"),
        pytest.param('"yes"', "“yes”", id="curly-quotes"),
        pytest.param("board-certified", "board–certified", id="en-dash"),
        pytest.param("board-certified", "board\u2011certified", id="no-break-hyphen"),
        pytest.param("\N{MICRO SIGN}g", "\N{GREEK SMALL LETTER MU}g", id="micro-typed-as-mu"),
        pytest.param("\N{GREEK SMALL LETTER MU}g", "\N{MICRO SIGN}g", id="mu-typed-as-micro"),
        pytest.param("10²", "10²", id="superscript"),
    ],
)
def test_ways_of_typing_the_same_are_right(read_question, key, response):
    assert share(read_question, f"`{key}`", response) == 1


@pytest.mark.parametrize(
    ("key", "response"),
    [
        pytest.param("hypotension", "hypertension", id="hypotension-hypertension"),
        pytest.param("10 mg", "100 mg", id="ten-and-hundred"),
        pytest.param("10 mg", "10mg", id="a-missing-space"),
        pytest.param("1.0 mg", "10 mg", id="a-missing-point"),
        pytest.param("do not resuscitate", "do resuscitate", id="not"),
        pytest.param("do resuscitate", "do not resuscitate", id="not-added"),
        pytest.param("10²", "102", id="superscript-and-digit"),
        pytest.param("102", "10²", id="digit-and-superscript"),
        pytest.param("mg", "\N{GREEK SMALL LETTER MU}g", id="milli-and-micro"),
        pytest.param("résumé", "resume", id="accents"),
        pytest.param("case manager", "casemanager", id="no-space"),
        pytest.param("case manager", "case manager x", id="more-words"),
        pytest.param("case manager", "manager", id="fewer-words"),
        pytest.param("a*", "ab", id="no-wildcard-unless-asked-for"),
    ],
)
@pytest.mark.parametrize("match", ["loose", "exact"])
def test_nothing_is_fuzzy(read_question, key, response, match):
    assert share(read_question, f"`{key}`", response, f"match: {match}") == 0


@pytest.mark.parametrize(
    ("response", "points"),
    [
        pytest.param("Case Manager", 1, id="same"),
        pytest.param(" Case Manager\n", 1, id="space-around"),
        pytest.param("case manager", 0, id="case"),
        pytest.param("Case  Manager", 0, id="space-inside"),
    ],
)
def test_exact_match(read_question, response, points):
    assert share(read_question, "`Case Manager`", response, "match: exact") == points


def test_exact_match_composes(read_question):
    assert share(read_question, "`café`", "cafe\u0301", "match: exact") == 1
    assert share(read_question, "`patient's`", "patient’s", "match: exact") == 0


@pytest.mark.parametrize(
    ("pattern", "response", "points"),
    [
        pytest.param("case*", "Case management", 1, id="any-run"),
        pytest.param("case*", "case", 1, id="empty-run"),
        pytest.param("case*", "in case", 0, id="whole-answer"),
        pytest.param("*case*", "just in case of", 1, id="both-ends"),
        pytest.param("co?r", "colour", 0, id="one-character-is-one"),
        pytest.param("colou?", "COLOUR", 1, id="one-character"),
        pytest.param("colou?", "colou", 0, id="one-character-is-not-none"),
        pytest.param("a[b]c", "a[b]c", 1, id="brackets-are-brackets"),
        pytest.param("a*b*c", "abbbbc", 1, id="two-runs"),
        pytest.param("a*b*c", "acb", 0, id="two-runs-in-order"),
    ],
)
def test_wildcards(read_question, pattern, response, points):
    assert share(read_question, f"`{pattern}`", response, "match: wildcard") == points


@pytest.mark.parametrize(
    ("regex", "response", "points"),
    [
        pytest.param("/colou?r/", "color", 1, id="match"),
        pytest.param("/colou?r/", "the color", 0, id="whole-answer"),
        pytest.param("/colou?r/", "Color", 0, id="case-counts"),
        pytest.param("/colou?r/i", "COLOR", 1, id="case-ignored"),
        pytest.param("/a|b/", "ab", 0, id="alternatives-are-whole-answers"),
        pytest.param("/a b/", "  a   b ", 1, id="space-is-collapsed"),
        pytest.param("/patient's/", "patient’s", 1, id="typography"),
        pytest.param("/.*/", "\u0958" * 251, 0, id="longer-than-its-bound-when-composed"),
        pytest.param("/.*/", "\u0958" * 250, 1, id="as-long-as-its-bound-when-composed"),
    ],
)
@pytest.mark.parametrize("match", ["loose", "exact", "wildcard"])
def test_regular_expressions(read_question, regex, response, points, match):
    assert share(read_question, f"`{regex}`", response, f"match: {match}") == points


@pytest.mark.parametrize(
    ("response", "score", "feedback"),
    [
        pytest.param("right", 2, ["<p>Good</p>"], id="right"),
        pytest.param("half", 1, ["<p>Half</p>", "<p>Bad</p>"], id="half"),
        pytest.param("wrong", 0, ["<p>Known</p>", "<p>Bad</p>"], id="known-wrong"),
        pytest.param("other", 0, ["<p>Bad</p>"], id="unknown"),
        pytest.param("", 0, ["<p>Bad</p>"], id="blank"),
    ],
)
def test_weights_and_feedback(read_question, response, score, feedback):
    question = read_question(
        "## Q\n`points: 2`\n\n**Answer:** `right`\n\n- `half` `50%`\n  > Half\n"
        "- ~~`wrong`~~\n  > Known\n\n**Correct:** Good\n\n**Incorrect:** Bad\n"
    )
    mark = grade_question(question, response)
    assert (mark.score, list(mark.feedback)) == (score, feedback)


@pytest.mark.parametrize(
    ("settings", "key", "response", "points"),
    [
        pytest.param(
            "match: wildcard", "`* care`\n\n- ~~`no care`~~", "no care", 0, id="out-of-a-wildcard"
        ),
        pytest.param(
            "match: wildcard", "`* care`\n\n- ~~`n? care`~~", "no care", 1, id="wildcards-by-order"
        ),
        pytest.param("id: q", "`/.* care/`\n\n- ~~`no care`~~", "no care", 0, id="out-of-a-regex"),
        pytest.param(
            "match: wildcard", "`/.*care/`\n\n- ~~`*no*`~~", "no care", 0, id="wildcard-over-regex"
        ),
        pytest.param("id: q", "`care`\n\n- ~~`/.*/`~~", "care", 1, id="words-over-a-catch-all"),
        pytest.param(
            "id: q", "`x`\n\n- `/a.*/` `50%`\n- ~~`/.*b/`~~", "a b", Fraction(1, 2), id="by-order"
        ),
    ],
)
def test_words_come_before_wildcards_and_these_before_regexes(
    read_question, settings, key, response, points
):
    assert share(read_question, key, response, settings) == points


@pytest.mark.parametrize("response", [None, "", "  ", 1, ["a"], "a" * 501], ids=repr)
def test_responses_that_do_not_fit_are_blank(read_question, response):
    question = read_question("## Q\n\n**Answer:** `/a*/`\n")
    assert grade_question(question, response).state is State.BLANK


def test_form_values_become_text_as_typed(read_question):
    question = read_question("## Q\n\n**Answer:** `a`\n")
    assert read_response(question, [" A b "]) == " A b "
    assert read_response(question, ["a" * 500]) == "a" * 500
    assert read_response(question, ["  "]) is None
    with pytest.raises(BadResponse, match="at most 500 characters"):
        read_response(question, ["a" * 501])
    with pytest.raises(BadResponse, match="one answer only"):
        read_response(question, ["a", "b"])


@given(st.text(max_size=30))
def test_loose_form_is_stable(text):
    assert loose(loose(text)) == loose(text)


@given(st.text(max_size=30) | st.text(st.characters(codec="ascii"), max_size=30))
def test_plain_letters_take_no_other_way_than_all_others(text):
    composed = unicodedata.normalize("NFC", text).translate(TYPOGRAPHY)
    tidied = " ".join(composed.split())
    assert tidy(text) == tidied
    assert loose(text) == unicodedata.normalize("NFC", tidied.casefold())


@given(st.text(max_size=30))
def test_loose_form_does_not_see_case_of_latin_or_space(text):
    plain = "".join(c for c in text if c.isascii())
    assert loose(f"  {plain.upper()}\t") == loose(plain.lower())


def slow_wildcard(pattern: str, text: str) -> bool:
    """A wildcard match by trying everything."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(slow_wildcard(pattern[1:], text[skip:]) for skip in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and slow_wildcard(pattern[1:], text[1:])


@given(st.text("ab*?", max_size=8), st.text("ab*", max_size=8))
def test_wildcards_agree_with_a_slow_match(pattern, text):
    assert wildcard_match(pattern, text) is slow_wildcard(pattern, text)
