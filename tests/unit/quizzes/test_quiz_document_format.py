"""Headings, labels, pools and references: the parts of the format that no type of question owns."""

import pytest

from lms.quizzes.format import parse_quiz
from lms.quizzes.model import Pool

CHOICE = "\n- [ ] a\n- [x] b\n"
QUESTION = f"## Q\n{CHOICE}"


def places(text: str) -> list[str]:
    """Problems of a whole file, without those that nearly every case has."""
    return [
        f"{problem.line}:{problem.column} {problem.code}"
        for problem in parse_quiz(text, "quiz.md").problems
        if problem.code not in ("missing-id", "no-explanation")
    ]


def test_title_introduction_and_lines_of_the_file():
    parsed = parse_quiz(
        "\ufeff---\r\ntitle: One\r\n---\r\n# Other\r\n\r\nTen *minutes*.\r\n\r\n> Go.\r\n\r\n"
        "## Q\r\n\r\n- [ ] a\r\n- [x] b\r\n",
        "quiz.md",
    )
    assert parsed.quiz is not None
    assert parsed.quiz.title == "One"
    assert parsed.quiz.introduction == (
        "<p>Ten <em>minutes</em>.</p>\n<blockquote>\n<p>Go.</p>\n</blockquote>"
    )
    assert [question.line for question in parsed.quiz.questions] == [10]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", ["1:1 front-matter-missing", "1:1 no-questions", "1:1 title-missing"],
                     id="empty-file"),
        pytest.param("---\ntitle: T\n---\n", ["4:1 no-questions", "4:1 title-missing"],
                     id="front-matter-only"),
        pytest.param("---\ntitle: T\n---\n# T\n", ["4:1 no-questions"], id="no-questions"),
        pytest.param(f"---\ntitle: T\n---\n#\n\n{QUESTION}", ["4:1 title-missing"],
                     id="empty-title"),
        pytest.param(f"---\ntitle: T\n---\n\n{QUESTION}", ["4:1 title-missing"], id="no-title"),
        pytest.param(f"---\ntitle: T\n---\n{QUESTION}\n# T\n", ["4:1 title-missing"],
                     id="title-after-a-question"),
        pytest.param(f"---\ntitle: T\n---\n# T\n\n# T\n\n{QUESTION}", ["6:1 bad-heading"],
                     id="two-titles"),
        pytest.param(f"---\ntitle: T\n---\nT\n=\n\n{QUESTION}", ["4:1 setext-heading"],
                     id="setext-title"),
        pytest.param(f"---\ntitl: T\n---\n# T\n\n{QUESTION}",
                     ["1:1 missing-setting", "2:1 unknown-setting"], id="misspelt-front-matter"),
    ],
)  # fmt: skip
def test_what_a_file_must_begin_with(text, expected):
    assert places(text) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("## Q\n\nText\n---\n" + CHOICE, ["3:1 setext-heading"], id="text-over-line"),
        pytest.param("#### Q\n\n" + QUESTION, ["1:1 bad-heading"], id="fourth-level"),
        pytest.param("## Q\n\n> ## R\n" + CHOICE, ["3:3 bad-heading"], id="heading-in-quotation"),
        pytest.param("##\n" + CHOICE, ["1:1 bad-heading", "1:1 bad-id"], id="empty-heading"),
        pytest.param("### Q\n" + CHOICE, ["1:1 bad-heading"], id="third-level-without-pool"),
        pytest.param("## ¿?\n" + CHOICE, ["1:1 bad-id"], id="no-id-to-be-made"),
        pytest.param("## Q\n\nText\n", ["1:1 no-response"], id="no-response"),
        pytest.param("## Q\n", ["1:1 no-response"], id="nothing-at-all"),
        pytest.param("## Q\n\n**Hint:** x\n", ["1:1 no-response"], id="nothing-but-a-hint"),
        pytest.param("## Q\n\n**Hint:** x\n" + CHOICE, ["1:1 no-response"], id="options-in-hint"),
        pytest.param(QUESTION + "\nMore.\n", ["6:1 stray-text"], id="text-after-response"),
        pytest.param(QUESTION + "\n***\n", ["6:1 stray-text"], id="rule-after-response"),
        pytest.param(
            QUESTION + "\n**Answer:** `a`\n", ["1:1 two-responses"], id="choice-and-answer"
        ),
        pytest.param("## Q [[2]]\n" + CHOICE, ["1:6 stray-gap"], id="gap-in-heading"),
        pytest.param("## Q\n\nA *[[b]]*.\n" + CHOICE, ["3:4 stray-gap"], id="gap-in-stem"),
        pytest.param("## Q[^1]\n" + CHOICE + "\n[^1]: x\n", ["1:5 footnote"], id="footnote"),
    ],
)
def test_sections_that_cannot_be_read(faults, body, expected):
    assert faults(body) == expected


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param("## Q\n\n**Hint:** x\n" + CHOICE, "after `**Hint:**`", id="options-in-hint"),
        pytest.param(QUESTION + "\nExplantion: x\n", "did you mean `Explanation`?", id="misspelt"),
        pytest.param(QUESTION + "\nSo it is.\n", "such as `**Explanation:**`", id="no-label"),
        pytest.param("## Q\n\nText\n---\n" + CHOICE, "put an empty line", id="setext"),
    ],
)
def test_messages_say_what_to_do(read_quiz, body, words):
    assert any(words in problem.message for problem in read_quiz(body).problems)


def test_heading_is_the_stem_when_nothing_else_stands_there(read_question):
    question = read_question("## Is *this* `it`?\n`id: q`\n\n- [ ] a\n- [x] b\n")
    assert (question.title, question.stem) == ("Is this it?", "")
    assert question.heading == "Is <em>this</em> <code>it</code>?"


def test_every_label_finds_its_place(read_question):
    question = read_question(
        "## Q\n\nStem.\n" + CHOICE + "\n**Hint:** one\n\n**hint:**\n\n- two\n\n"
        "**Explanation:** Why.\n\nAnd how.\n\n**Correct:** Yes.\n\n__Incorrect:__\nNo.\n\n"
        "**Author note:** secret\n"
    )
    assert question.stem == "<p>Stem.</p>"
    assert question.hints == ("<p>one</p>", "<ul>\n<li>two</li>\n</ul>")
    assert question.explanation == "<p>Why.</p>\n<p>And how.</p>"
    assert (question.correct_message, question.incorrect_message) == ("<p>Yes.</p>", "<p>No.</p>")
    assert "secret" not in repr(question)


def test_labels_count_only_at_the_start_of_a_paragraph_of_the_top_level(read_question):
    question = read_question(
        "## Q\n\n> **Hint:** no\n\nA **Hint:** no\n\n**Explanation of it:** no\n\n**Hint** no\n\n"
        "**Hint**\n\n**Note:** no\n" + CHOICE
    )
    assert question.hints == ()
    assert question.stem.count("no") == 5


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param("**Hint**: x\n", ["6:1 bad-label"], id="colon-outside"),
        pytest.param("**Hint:**\n", ["6:1 empty-label"], id="nothing-after-it"),
        pytest.param("**Hint:** x\n\n**Hint:** y\n", [], id="two-hints"),
        pytest.param(
            "**Correct:** x\n\n**Correct:** y\n", ["8:1 repeated-label"], id="twice-correct"
        ),
        pytest.param(
            "**Hint:** x\n**Explanation:** y\n", ["7:3 swallowed-label"], id="no-empty-line"
        ),
        pytest.param("**Hint:** x\\\n**Other:** y\n", [], id="bold-words-on-the-next-line"),
    ],
)
def test_labels_that_would_not_do_what_they_say(faults, after, expected):
    assert faults(f"{QUESTION}\n{after}") == expected


def test_a_label_right_under_the_last_option_is_reported(faults):
    assert faults(f"{QUESTION}**Hint:** x\n") == ["5:3 swallowed-label"]


@pytest.mark.parametrize(
    ("body", "images", "expected"),
    [
        pytest.param("![x](a.png)", ["a.png"], [], id="known"),
        pytest.param("A ![x](b.png)", ["a.png"], ["3:8 missing-image"], id="unknown"),
        pytest.param("One\n![](a.png)", ["a.png"], ["4:5 alt-missing?"], id="no-alternative"),
        pytest.param("[x](a.html)", [], ["3:5 broken-link"], id="link"),
        pytest.param(
            "![![x](b.png)](a.png)", [], ["3:8 missing-image", "3:16 missing-image"], id="nested"
        ),
    ],
)
def test_references_are_checked_where_they_stand(faults, body, images, expected):
    assert faults(f"## Q\n\n{body}\n{CHOICE}", images=images) == expected


def test_images_are_resolved_everywhere(read_quiz):
    body = (
        "![i](a.png)\n\n## Q ![h](a.png)\n\n![s](a.png \"Cap\")\n\n- [x] ![o](a.png)\n"
        "  > ![f](a.png)\n- [ ] b\n\n**Hint:** ![t](a.png)\n"
    )  # fmt: skip
    parsed = read_quiz(body, images=["a.png"], resolve_image=lambda source: f"/media/{source}")
    (question,) = parsed.quiz.questions
    texts = [
        parsed.quiz.introduction,
        question.heading,
        question.stem,
        question.options[0].html,
        question.options[0].feedback,
        *question.hints,
    ]
    assert all('src="/media/a.png"' in text for text in texts)
    assert "<figcaption>Cap</figcaption>" in question.stem


def test_raw_html_is_shown_as_text_everywhere(read_quiz):
    evil = "<img src=x onerror=alert(1)>"
    parsed = read_quiz(
        f"{evil}\n\n## Q {evil}\n\n{evil}\n\n- [x] {evil}\n  > {evil}\n  >\n  > **Not chosen:**"
        f" {evil}\n- [ ] b\n\n**Hint:** {evil}\n\n**Explanation:** {evil}\n\n**Correct:** {evil}\n\n"
        f"**Incorrect:** {evil}\n\n## R\n\n**Answer:** `a`\n\n- ~~`b`~~\n  > {evil}\n"
    )
    assert parsed.quiz is not None
    shown = repr(parsed.quiz)
    assert shown.count("&lt;img src=x onerror=alert(1)&gt;") == 11
    assert shown.count("<img") == 2  # The plain texts of the heading and of the option.


POOL = "## P\n`draw: 1`\n\n### A\n`id: a`\n\n- [ ] a\n- [x] b\n\n### B\n`id: b`\n\n**Answer:** 2\n"


def test_pools_hold_the_questions_under_them(read_quiz):
    parsed = read_quiz(f"{POOL}\n## C\n`id: c` `points: 2`\n\n**Answer:** `c`\n")
    pool, last = parsed.quiz.items
    assert isinstance(pool, Pool)
    assert (pool.title, pool.draw, pool.line) == ("P", 1, 7)
    assert [question.id for question in pool.questions] == ["a", "b"]
    assert [question.id for question in parsed.quiz.questions] == ["a", "b", "c"]
    assert parsed.quiz.by_id["c"] is last
    assert (parsed.quiz.drawn_count, parsed.quiz.drawn_points) == (2, 3)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("draw: 1", "draw: 3", ["2:1 pool-too-small"], id="draws-too-many"),
        pytest.param("draw: 1", "draw: 2", [], id="draws-all"),
        pytest.param("draw: 1", "draw: 0", ["2:1 bad-setting"], id="draws-none"),
        pytest.param("`draw: 1`", "", ["1:1 draw-missing"], id="no-draw"),
        pytest.param("`id: b`", "`id: b` `points: 2`", ["11:9 pool-points"], id="unequal-points"),
        pytest.param("`id: a`", "`id: a` `points: 2`", ["10:1 pool-points"], id="unequal-first"),
        pytest.param("`draw: 1`", "`draw: 1`\n\nText.", ["4:1 stray-text"], id="text-in-pool"),
        pytest.param(
            "`draw: 1`", "`draw: 1`\n\n**Hint:** x", ["4:1 stray-text"], id="hint-in-pool"
        ),
        pytest.param(
            "`draw: 1`", "\n- [ ] a\n- [x] b\n", ["1:1 mixed-question"], id="choice-and-children"
        ),
        pytest.param(
            "`draw: 1`", "\n**Order:** x\n", ["1:1 mixed-question"], id="order-and-children"
        ),
        pytest.param("`draw: 1`", "`draw: 1` `points: 2`", ["2:11 bad-setting"], id="pool-points"),
        pytest.param("`id: b`", "`draw: 1`", ["11:1 bad-setting"], id="draw-in-a-question"),
        pytest.param("`id: b`", "`id: a`", ["11:1 repeated-id"], id="same-id"),
        pytest.param("### B\n`id: b`", "### A", ["10:1 repeated-id"], id="same-id-from-heading"),
    ],
)
def test_pools_that_cannot_be_drawn_from(faults, old, new, expected):
    assert old in POOL
    assert faults(POOL.replace(old, new, 1)) == expected


def test_a_pool_without_questions(faults):
    assert faults("## P\n`draw: 1`\n") == ["2:1 pool-too-small"]


def test_problems_come_sorted_and_once(read_quiz):
    problems = read_quiz("## Q\n\n[a](b) [a](b)\n\n## R\n\n[x] y\n").problems
    assert list(problems) == sorted(problems)
    assert len(set(problems)) == len(problems)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        pytest.param(lambda body: body + "\n\n", True, id="empty-lines-at-the-end"),
        pytest.param(
            lambda body: body.replace("Check.", "Check.  "), True, id="space-at-line-ends"
        ),
        pytest.param(lambda body: body + "\n## R\n" + CHOICE, True, id="another-question"),
        pytest.param(lambda body: body.replace("## Q\n", "## Q\n`id: z`\n"), True, id="an-id"),
        pytest.param(lambda body: body.replace("- [", "+  ["), True, id="other-marks"),
        pytest.param(lambda body: body.replace("*Stem*", "_Stem_"), True, id="other-emphasis"),
        pytest.param(lambda body: body.replace("*Stem*", "Stem"), False, id="no-emphasis"),
        pytest.param(lambda body: body.replace("## Q\n", "## Q\n`tags: z`\n"), False, id="a-tag"),
        pytest.param(lambda body: body.replace("a.png", "b.png"), False, id="another-picture"),
        pytest.param(lambda body: body.replace("x.org", "y.org"), False, id="another-link"),
        pytest.param(lambda body: body.replace("Check.", "Look."), False, id="another-note"),
        pytest.param(lambda body: body.replace("Stem", "Stems"), False, id="another-stem"),
        pytest.param(lambda body: body.replace("[ ] a", "[x] a"), False, id="another-key"),
    ],
)
def test_the_digest_tells_wordings_apart(read_quiz, change, same):
    body = (
        f"## Q\n\n*Stem*\nand ![a](a.png) [b](https://x.org)\n{CHOICE}\n**Author note:** Check.\n"
    )
    before, after = (
        read_quiz(text, images=["a.png", "b.png"]).quiz.questions[0].digest
        for text in (body, change(body))
    )
    assert len(before) == 16
    assert (before == after) is same


def test_a_line_without_end_is_reported_and_read_no_further():
    head = "---\ntitle: T\n---\n# T\n\n"
    longest = "word " * 800
    assert places(f"{head}{longest}\n\n{QUESTION}") == []
    # What is beyond would be a second error of that line.
    assert places(f"{head}{longest}![](gone.png)\n\n{QUESTION}") == ["6:4001 long-line"]
