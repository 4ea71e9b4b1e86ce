"""A content folder with one module, whose quiz has a question of each type that `sample_content` lacks.

What must not reach a learner before it may is in `KEY_WORDS`, beside the order and the pairs
themselves.
"""

from collections.abc import Mapping

MODULE = """---
title: After discharge
summary: What happens in the first days at home.
objectives:
  plan-days: Plan the first days after a discharge
---

One short lesson.
"""

LESSON = """---
title: The first days
minutes: 2
---

Somebody calls, somebody visits.
"""

MATCHING = """
## Match each deadline to its task
`id: toc-match` `points: 3` `objective: plan-days`

**Match:**

| Task after discharge               | Deadline         |
|------------------------------------|------------------|
| Interactive contact (TCM)          | 2 business days  |
| Visit, high complexity (99496)     | 7 calendar days  |
| Visit, moderate complexity (99495) | 14 calendar days |
|                                    | 30 calendar days |

**Explanation:** Toldlater: the days are counted from the discharge.
"""

ORDERING = """
## Put the hand-off in order
`id: toc-order` `points: 2` `scoring: each` `objective: plan-days`

**Order:**

1. Reconcile medicines before discharge
2. Teach back the care plan
3. Send the summary to the next provider
4. Call the patient at home

**Explanation:** Toldlater: the call comes last.
"""

CLOZE = """
## Complete the sentence
`id: toc-cloze` `points: 3` `objective: plan-days`

Call within `[[2]]` business days and `[[(x) reconcile | ( ) refill]]` medicines by the
`[[keytext visit | face-to-face visit]]`.

**Explanation:** Toldlater: all three are required.
"""

ATTESTATION = """
## Before you finish
`id: attest-privacy`

**Attest:** I did this work myself and used no real patient's information.
"""

REFLECTION = """
## What will you do differently on your next shift?
`id: next-shift`

**Reflect:** Think of one patient you cared for this week.
"""

SURVEY = """
## Which of these did you use this week?
`id: tools` `ungraded` `select: many`

- [ ] The discharge checklist
- [ ] The medicines list
- [ ] Neither
"""

QUIZ = (
    """---
title: The first days at home
pass: 80%
---

# The first days at home

One question of each kind.
"""
    + MATCHING
    + ORDERING
    + CLOZE
    + REFLECTION
    + SURVEY
    + ATTESTATION
)

COURSE = """---
title: Types of questions
summary: One of each.
audience: Testers
modules:
  - types
quizzes_open: at-once
pass_rule: quizzes
hours: 1
---

Take the quiz.
"""

FILES: Mapping[str, bytes] = {
    "courses/types.md": COURSE.encode(),
    "modules/types/lessons/01-first-days.md": LESSON.encode(),
    "modules/types/module.md": MODULE.encode(),
    "modules/types/quiz.md": QUIZ.encode(),
}

# What a form sends for each question; every one of these earns all points.
RIGHT: Mapping[str, list[str]] = {
    "toc-match": ["1=2 business days", "2=7 calendar days", "3=14 calendar days"],
    "toc-order": [
        "Reconcile medicines before discharge",
        "Teach back the care plan",
        "Send the summary to the next provider",
        "Call the patient at home",
    ],
    "toc-cloze": ["2", "reconcile", "Face-to-face  visit"],
    "attest-privacy": ["accepted", "Ada Okafor"],
    "next-shift": ["Call earlier.\n\nAnd listen."],
    "tools": ["1", "2"],
}
# Incomplete answers, with blanks where a form has them.
PARTLY: Mapping[str, list[str]] = {
    "toc-match": ["1=2 business days", "", "3=30 calendar days"],
    "toc-order": ["Reconcile medicines before discharge", "", "", "Teach back the care plan"],
    "toc-cloze": ["", "reconcile", ""],
    "attest-privacy": ["Ada Okafor"],
}

KEY_WORDS = ("Toldlater", "keytext", "face-to-face")
