"""One quiz with a question of every type, for the tests of the contract."""

from lms.quizzes.format import parse_quiz
from lms.quizzes.model import Quiz

TEXT = """\
---
title: Every type
pass: 62.5%
attempts: 2
review: after-pass
---

# Every type

Some *words*.

## Which one?
`id: one` `points: 2.5` `tags: a, b` `objective: explain`

A stem.

- [ ] first `50%`
  > Half.
- [x] *second*
  > **Not chosen:** Pity.
- [ ] third

**Hint:** Think.

**Explanation:** Because.

**Correct:** Yes.

**Incorrect:** No.

## Which three?
`id: many` `scoring: net`

1. [x] a
2. [x] b
3. [x] c
4. [ ] d

**Explanation:** So.

## Is it?
`id: flag` `void: full`

- [x] True
- [ ] False

**Explanation:** So.

## Draw
`draw: 1`

### What word?
`id: word` `match: exact`

**Answer:** `CUS` or `/c[ou]s/i`

- `cuss` `25%`
- ~~`SBAR`~~
  > No.

**Explanation:** So.

### How many?
`id: number`

**Answer:** 28 ± 2.50 days

**Explanation:** So.
"""


def read(text: str = TEXT) -> Quiz:
    quiz = parse_quiz(text, "quiz.md").quiz
    assert quiz is not None
    return quiz
