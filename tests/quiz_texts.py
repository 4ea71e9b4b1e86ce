"""Quizzes of every type: a sample, and as hypothesis makes them, tidy or not; and pieces to break them."""

from dataclasses import replace

from hypothesis import strategies as st

from lms.quizzes.format import parse_quiz
from lms.quizzes.grading.text import loose
from lms.quizzes.model import Pool, Question, Quiz

SAMPLE = """\
---
title: Sample
pass: 80%
shuffle: true
review: after-pass
---

# Sample

Some words, ![a picture](a.png) and a table:

| a | b |
|---|---|
| c | d |

## One *right*?
`id: one` `points: 2` `tags: a, b` `objective: explain`

- [ ] a `50%`
  > Half.
- [x] b
  > **Not chosen:** Pity.
- [ ] c `-25%`

**Hint:** Think.

**Explanation:** Because.

## Several right?
`id: several` `scoring: net` `void: full`

1. [x] a `60%`
2. [x] b `40%`
3. [ ] c

**Correct:** Yes.

**Incorrect:** No.

## Words?
`match: wildcard`

**Answer:** `some words` or `/colou?r/i`

- `any*` `50%`
- ~~`no`~~
  > Not that.

## A pool
`draw: 1`

### Number?

**Answer:** 28..32 days

### True?

- [x] True
- [ ] False

**Author note:** Easy.

## Which belong together?

**Match:**

| Left | Right |
|---|---|
| a | `1 \\| 2` |
| *b* | 3 |
| | 4 |

## In which order?
`scoring: each`

**Order:**

1. a
2. *b*

## What is missing?

In `[[2 ± 1 days]]` they `[[(x) call | ( ) wait]]`, or `[[visit | come]]`.

## Yours?

**Attest:** I did this.

## Your thoughts?

**Reflect:** What now?

## How was it?
`ungraded`

- [ ] Long
- [ ] Short
"""

PIECES = st.sampled_from(
    ["\n", "\n\n", "  ", "- ", "- [ ] ", "- [x] ", "1. [x] ", "> ", "# ", "## ", "### ", "#### ", "---",
     "===", "`", "``", "`50%`", "`id: one`", "`draw: 2`", "`select: many`", "`ungraded`", "[[2]]",
     "`[[2]]`", "`[[(x) a | ( ) b]]`", "~~", "*", "**", "**Answer:**", "**Hint:** ", "**Explanation**:",
     "**Not chosen:** ", "**Match:**\n", "**Attest:** ", "**Reflect:**\n", "**Order:**\n\n",
     "| a | b |\n", "|---|---|\n", "| ", "±", "..", "80", "1,000", "%", "a",
     "True", "False", "/(a+)+/", "![](", "![x](y.png)", "[x](y)", "[^1]", "\n[^1]: z\n", "<b>",
     "|a|\n|-|\n", "\t", "\x00", "\ud800", "\u2028", "\x0c", ": ", "> [!NOTE]\n", "\\", "&amp;",
     "```\n", "-" * 30, ">" * 30, "[" * 30, "- " * 30]
)  # fmt: skip

words = st.text(st.sampled_from("abcdefgh µé²'-"), min_size=1, max_size=12).map(
    lambda text: f"w{text.strip()}"
)
choices = st.tuples(
    st.lists(st.booleans(), min_size=2, max_size=6).filter(any),
    st.sampled_from(["all", "net", "each", "one"]),
).map(
    lambda made: (
        f"`{'select: one' if made[1] == 'one' else f'select: many` `scoring: {made[1]}'}`\n\n"
        + "".join(f"- [{'x' if right else ' '}] option {n}\n" for n, right in enumerate(made[0]))
    )
)
texts = st.lists(words, min_size=1, max_size=3, unique_by=loose).map(
    lambda made: "\n\n**Answer:** " + " or ".join(f"`{word}`" for word in made) + "\n"
)
numbers = st.tuples(st.decimals(-1000, 1000, places=2), st.decimals(0, 90, places=1)).map(
    lambda made: f"\n\n**Answer:** {made[0]} ± {made[1]}%\n"
)
matchings = (
    st.lists(st.integers(0, 4), min_size=2, max_size=5)
    .filter(lambda k: len(set(k)) > 1)
    .map(
        lambda made: (
            "\n\n**Match:**\n\n| l | r |\n|---|---|\n"
            + "".join(f"| left {n} | {right} |\n" for n, right in enumerate(made))
            + "| | 9 |\n"
        )
    )
)
orderings = st.tuples(st.integers(2, 5), st.sampled_from(["all", "each"])).map(
    lambda made: (
        f"`scoring: {made[1]}`\n\n**Order:**\n\n"
        + "".join(f"1. item {n}\n" for n in range(made[0]))
    )
)
clozes = st.lists(
    st.sampled_from(["2", "4..6 mg", "10%", "one | two", "(x) a | ( ) b", "( ) c | (x) d | (x) e"]),
    min_size=1,
    max_size=4,
).map(lambda made: "\n\n" + ", ".join(f"`[[{gap}]]`" for gap in made) + "\n")
graded = choices | texts | numbers | matchings | orderings | clozes
ungraded = st.sampled_from(
    [
        "\n\n**Attest:** I did this.\n",
        "\n\n**Reflect:**\n",
        "`ungraded`\n\n- [ ] a\n- [ ] b\n",
        "`ungraded` `select: many`\n\n- [ ] a\n- [ ] b\n",
    ]
)
points = st.integers(1, 5)

# What an author may write in another way than the canonical one, and it means the same.
UNTIDY = {
    "\n\n": ("\n \n", "\n\n\n"),
    "- [": ("* [", "+  ["),
    "[x] ": ("[X] ", "[x]   "),
    "1. ": ("7. ", "1)  "),
    "**Answer:**": ("__answer:__", "**Answer:** "),
    " or ": (", ", " / "),
    " ± ": ("+-", " +/- ", "±"),
    "| ": ("|", "|  "),
    "` `": ("`   `", "`\n`"),
    ": ": (":", ":  "),
    "[[": ("[[ ",),
    "(x)": ("(X)",),
    "**Hint:** ": ("**Hint:**\n", "__HINT:__   "),
}
AFTER = (
    "**Hint:** Think of *tomorrow*.",
    "**Hint:** ~~No~~ [rules](https://example.org 'A \"b\"') <b>, \\* &amp; \\[x] 1\\. &copy; ~ ~",
    "**Explanation:** It is _so_,\nand `a | b` too.\n\n- one\n\n- two",
    "**Correct:** Yes.\n\n> [!TIP]\n> Go on.",
    "**Incorrect:** No.\n\n| a | b |\n|:-|-|\n| c | d |",
    "**Author note:** Check `this`.\n\n    code\n",
)
UNGRADED_AFTER = (AFTER[0], AFTER[2], AFTER[5])


@st.composite
def quiz_texts(draw: st.DrawFn, *, is_tidy: bool = True) -> str:
    """The text of a quiz of one to four graded questions, and perhaps of others.

    Unless it `is_tidy`, it has a pool and labels too, lacks ids, and not all of it is canonical.
    """
    bodies = draw(st.lists(graded, min_size=1, max_size=4))
    questions = "".join(
        f"## Q{n}\n`id: q{n}` `points: {draw(points)}`{'' if body[0] == chr(10) else ' '}{body}\n"
        for n, body in enumerate(bodies)
    )
    for n, body in enumerate(draw(st.lists(ungraded, max_size=2))):
        questions += f"## U{n}\n`id: u{n}`{'' if body[0] == chr(10) else ' '}{body}\n"
    text = f"---\ntitle: T\n---\n# T\n\n{questions}"
    return text if is_tidy else _untidied(draw, text)


def _untidied(draw: st.DrawFn, text: str) -> str:
    """`text` with more questions, fewer ids, and some of what is canonical written in another way."""
    head, *questions = text.split("## ")
    for index, question in enumerate(questions):
        after = UNGRADED_AFTER if question.startswith("U") else AFTER
        chosen = draw(st.lists(st.sampled_from(after), unique=True, max_size=4))
        questions[index] = "\n\n".join([question.rstrip("\n"), *chosen]) + "\n\n"
        if draw(st.booleans()):
            questions[index] = questions[index].replace(f"`id: {question[:2].lower()}` ", "", 1)
    body = "".join(f"## {question}" for question in questions)
    body += (
        "## P\n`draw: 1`\n\n### P 1\n\n**Answer:** 1 ± 2%\n\n### P 2\n\n- [x] True\n- [ ] False\n"
    )
    for tidy, others in UNTIDY.items():
        body = body.replace(tidy, draw(st.sampled_from((tidy, *others))))
    return head + body


@st.composite
def quizzes(draw: st.DrawFn) -> Quiz:
    """A quiz of one to four graded questions, and perhaps of others, read from a file."""
    text = draw(quiz_texts())
    parsed = parse_quiz(text, "quiz.md")
    assert parsed.quiz is not None, f"{text}\n{parsed.problems}"
    return parsed.quiz


def without_lines(quiz: Quiz) -> Quiz:
    """A quiz with everything but the lines where its parts stand in the file."""
    items: list[Question | Pool] = []
    for item in quiz.items:
        if isinstance(item, Pool):
            questions = tuple(replace(one, line=0) for one in item.questions)
            items.append(replace(item, line=0, questions=questions))
        else:
            items.append(replace(item, line=0))
    return replace(quiz, items=tuple(items))
