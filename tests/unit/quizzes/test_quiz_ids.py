"""Writing missing ids into a file: where they go, how they are called, and what stays as it was."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.quizzes.format import parse_quiz
from lms.quizzes.format.ids import write_ids
from tests.contract_quiz import TEXT

HEAD = "---\ntitle: T\n---\n\n# T\n\n"
CHOICE = "\n- [x] a\n- [ ] b\n"


def fixed(body: str) -> str:
    text, _ = write_ids(HEAD + body)
    assert text.startswith(HEAD)
    return text.removeprefix(HEAD)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "## Which one?\n\nStem.\n",
            "## Which one?\n\n`id: which-one`\n\nStem.\n",
            id="its-own-paragraph",
        ),
        pytest.param(
            "## Which one?\nStem.\n",
            "## Which one?\n\n`id: which-one`\n\nStem.\n",
            id="text-right-under-the-heading",
        ),
        pytest.param(
            "## Q\n\u00a0\nStem.\n", "## Q\n\n`id: q`\n\n\u00a0\nStem.\n", id="a-no-break-space"
        ),
        pytest.param(
            "## Q\n: Stem.\n", "## Q\n\n`id: q`\n\n\n: Stem.\n", id="a-colon-right-under-it"
        ),
        pytest.param("## Q\n\n~ Stem.\n", "## Q\n\n`id: q`\n\n\n~ Stem.\n", id="a-tilde"),
        pytest.param(
            "## Q\n\n    : Code\n", "## Q\n\n`id: q`\n\n\n    : Code\n", id="code-with-a-colon"
        ),
        pytest.param(
            "## Q\n\n\n: Stem.\n", "## Q\n\n`id: q`\n\n\n: Stem.\n", id="a-colon-far-below"
        ),
        pytest.param("## Q\n:Stem.\n", "## Q\n\n`id: q`\n\n:Stem.\n", id="no-definition"),
        pytest.param("## Q\n \t\nStem.\n", "## Q\n\n`id: q`\n \t\nStem.\n", id="blanks"),
        pytest.param("## Which one?", "## Which one?\n\n`id: which-one`", id="the-last-line"),
        pytest.param("## Which one?\n", "## Which one?\n\n`id: which-one`\n", id="nothing-after"),
        pytest.param(
            "## Q\n`points: 2` `tags: a`\n", "## Q\n`id: q` `points: 2` `tags: a`\n", id="settings"
        ),
        pytest.param(
            "## Q\n\n  `points: 2`\n", "## Q\n\n  `id: q` `points: 2`\n", id="indented-settings"
        ),
        pytest.param(
            "## Q\n``points: 2``\n`tags: a`\n",
            "## Q\n`id: q` ``points: 2``\n`tags: a`\n",
            id="settings-of-two-lines",
        ),
        pytest.param("## *Q* `x` é\n", "## *Q* `x` é\n\n`id: q-x-e`\n", id="marked-up-heading"),
        pytest.param("## Q\n`id: mine`\n", "## Q\n`id: mine`\n", id="an-id-stays"),
        pytest.param("## Q\n`id: Not One`\n", "## Q\n`id: Not One`\n", id="a-bad-id-stays"),
        pytest.param("## 問\n", "## 問\n", id="no-latin-letters"),
        pytest.param(
            "## Pool\n`draw: 1`\n\n### A\n\n### B\n",
            "## Pool\n`draw: 1`\n\n### A\n\n`id: a`\n\n### B\n\n`id: b`\n",
            id="a-pool-has-none",
        ),
        pytest.param(
            "## Pool\n\n### A\n", "## Pool\n\n### A\n\n`id: a`\n", id="a-pool-that-forgot-to-draw"
        ),
        pytest.param(
            "### A\n\n## B\n`draw: 1`\n", "### A\n\n`id: a`\n\n## B\n`draw: 1`\n", id="lost"
        ),
        pytest.param(
            "## Pool\n\n### A\n`draw: 1`\n",
            "## Pool\n\n### A\n`id: a` `draw: 1`\n",
            id="a-question-of-a-pool-that-draws",
        ),
        pytest.param("### A\n\n### B\n", "### A\n\n### B\n\n`id: b`\n", id="a-pool-that-is-none"),
        pytest.param(
            "## Q\n\n## Q\n\n## Q 2\n\n## Q\n`id: q-3`\n",
            "## Q\n\n`id: q`\n\n## Q\n\n`id: q-4`\n\n## Q 2\n\n`id: q-2`\n\n## Q\n`id: q-3`\n",
            id="alike-headings",
        ),
        pytest.param(
            "## Q\n\n## Other\n`id: q`\n",
            "## Q\n\n`id: q-2`\n\n## Other\n`id: q`\n",
            id="an-id-that-is-given-later",
        ),
        pytest.param("```\n## Q\n```\n\n> ## Q\n", "```\n## Q\n```\n\n> ## Q\n", id="no-headings"),
    ],
)
def test_where_an_id_is_written(before: str, after: str) -> None:
    assert fixed(before) == after


def test_how_many_were_written() -> None:
    assert write_ids(HEAD + "## A\n\n## B\n`id: b`\n\n## C\n")[1] == 2
    assert write_ids(TEXT) == (TEXT, 0)


def test_a_long_heading_leaves_room_for_a_number() -> None:
    text = fixed(f"## {'a' * 80}\n\n## {'a' * 80}\n")
    assert f"`id: {'a' * 64}`" in text
    assert f"`id: {'a' * 62}-2`" in text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_the_byte_order_mark_stay(end: str) -> None:
    before = (
        f"\ufeff---{end}title: T{end}---{end}# T{end}## A{end}Stem.{end}## B{end}`points: 2`{end}"
    )
    text, written = write_ids(before)
    assert written == 2
    assert text == (
        f"\ufeff---{end}title: T{end}---{end}# T{end}## A{end}{end}`id: a`{end}{end}Stem.{end}"
        f"## B{end}`id: b` `points: 2`{end}"
    )


PIECES = st.sampled_from(
    ["## Q\n", "## Q 2\n", "### Q\n", "## R *x*\n", "## 問\n", "# T\n", "`id: q`", "`points: 2`", " `draw: 1`",
     "`x`", "\n", "\n\n", "Stem.", ": ", "~ ", "  ", "\t", "- [x] a\n- [ ] b\n", "> ", "```\n", "---\n",
     "\r\n", "\r", "\x00", "\u2028", "**Answer:** 3", "**Explanation:** x", "###\n", "## \n"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from([HEAD, "", "\ufeff" + HEAD]))
def test_ids_once_written_are_there_and_nothing_else_changed(body: str, head: str) -> None:
    before = head + body
    after, written = write_ids(before)
    assert write_ids(after) == (after, 0)
    parsed, again = parse_quiz(before, "quiz.md"), parse_quiz(after, "quiz.md")
    codes = [problem.code for problem in parsed.problems]
    assert [problem.code for problem in again.problems].count("missing-id") == 0
    assert written <= body.count("#")
    if "missing-id" not in codes:
        assert written == 0 or parsed.quiz is None
    if parsed.quiz:
        assert again.quiz is not None
        assert [(one.id, one.title, one.stem, one.points) for one in again.quiz.questions] == [
            (one.id, one.title, one.stem, one.points) for one in parsed.quiz.questions
        ]
