"""A small content folder, as its authors would write it: two modules, three courses, every type of question.

Everything that must not reach a learner before it may begins with one of the words in `KEY_WORDS`.
"""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from lms.authoring.folder import PICTURE_TYPES, ContentFolder, CourseFile, ModuleFolder

MODULE = """---
title: Privacy at work
summary: Share what a request needs, and nothing that stays behind on a desk.
objectives:
  choose-amount: Choose the amount of information that a request needs
  spot-leaks: Spot what gives patients away
---

Two lessons about keeping things to yourself.
"""

LESSON = """---
title: The right amount
minutes: 4
---

Mr. Ortiz needs a wheelchair, and his payer asks for *everything*.

![A chart with one page taken out](../figures/chart.svg "One page is enough")

## On Monday

Ask what the request is for.
"""

SECOND_LESSON = """---
title: A desk without names
minutes: 3
---

Dana Whitfield clears her desk before she leaves.
"""

QUIZ = """---
title: Privacy check
pass: 80%
attempts: 3
shuffle: true
review: after-attempt
---

# Privacy check

Five questions. The lessons may be read again.

## What do you send to a payer?
`id: payer` `objective: choose-amount`

- [ ] The whole chart
  > Toldlater: a payer needs less than that.
- [x] The part that the request needs
  > Toldlater: yes, that is the least.
- [ ] Nothing at all
  > Toldlater: a payer may ask.

**Hint:** What is the purpose of the request?

**Explanation:** Toldlater: payment is held to the minimum.

**Correct:** Toldlater: well chosen.

**Incorrect:** Toldlater: think of the purpose.

**Author note:** Nevertold: the state's own rule is stricter.

## Which of these may stay on a desk? Choose all that apply.
`id: desk` `objective: spot-leaks` `scoring: net`

- [x] An empty notepad
  > Toldlater: it names nobody.
- [x] A locked telephone
  > Toldlater: it shows nothing.
- [ ] A list of patients
  > Toldlater: it names everybody.
  >
  > **Not chosen:** Toldlater: you saw through the list.

**Explanation:** Toldlater: what names a patient leaves the desk.

## A password may be lent to a colleague
`id: password` `objective: spot-leaks`

- [ ] True
  > Toldlater: never.
- [x] False
  > Toldlater: it is yours alone.

**Explanation:** Toldlater: what is done with it is done in your name.

## What is it called when patients say in their own words what they heard?
`id: method` `objective: choose-amount`

**Answer:** `keytext teach-back` or `teach-back`

- ~~`lecture`~~
  > Toldlater: that is one-sided.

**Explanation:** Toldlater: it tests the teaching, not the patient.

## How long does it last?
`draw: 1`

### How many days is a request open?
`id: days` `objective: choose-amount`

**Answer:** 28..32 days

**Explanation:** Toldlater: about a month.

### How many hours of training does the office keep on file?
`id: hours` `objective: choose-amount`

**Answer:** 80 ± 2 hours

**Explanation:** Toldlater: two working weeks.
"""

OTHER_MODULE = """---
title: Handing over
summary: Say what the next person needs to know.
objectives:
  give-report: Give a report that the next person can act on
---

One short lesson.
"""

OTHER_LESSON = """---
title: Before you leave
minutes: 2
---

Amara Chukwu tells the night nurse three things.
"""

COURSE = """---
title: Onboarding
summary: The first week.
audience: New colleagues
modules:
  - privacy
  - handover
validity_months: 12
hours: 2.5
---

Begin with the first lesson.
"""

# Its quizzes alone complete it, and they wait for nothing.
REFRESHER = """---
title: Privacy refresher
summary: Only what you must not forget.
audience: Everybody
modules:
  - privacy
pass_rule: quizzes
quizzes_open: at-once
hours: 1
---

Take the quiz.
"""

YEARLY = """---
title: Yearly review
summary: The same again, every year.
audience: Everybody
modules:
  - privacy
  - handover
earlier_work: does-not-count
hours: 1
---

Earlier work does not count here.
"""

# The same week, and a promise at its end. It is no file of the sample.
STATEMENT = "I have read the lessons.\n\nI keep to them."
PLEDGE = COURSE.replace("title: Onboarding", "title: Pledge").replace(
    "hours:", "attestation: |\n  I have read the lessons.\n\n  I keep to them.\nhours:"
)
PLEDGE_FILE = "courses/pledge.md"

PICTURE = (
    b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><title>A chart</title></svg>"""
)

# Every file by its path, as it lies on disk.
FILES: Mapping[str, bytes] = {
    "courses/onboarding.md": COURSE.encode(),
    "courses/refresher.md": REFRESHER.encode(),
    "courses/yearly.md": YEARLY.encode(),
    "modules/handover/lessons/01-before-you-leave.md": OTHER_LESSON.encode(),
    "modules/handover/module.md": OTHER_MODULE.encode(),
    "modules/privacy/figures/chart.svg": PICTURE,
    "modules/privacy/lessons/01-right-amount.md": LESSON.encode(),
    "modules/privacy/lessons/02-desk-without-names.md": SECOND_LESSON.encode(),
    "modules/privacy/module.md": MODULE.encode(),
    "modules/privacy/quiz.md": QUIZ.encode(),
}
QUIZ_FILE = "modules/privacy/quiz.md"

# What each question of the quiz is answered with in a form; an attempt has one of `days` and `hours`.
RIGHT: Mapping[str, list[str]] = {
    "payer": ["2"],
    "desk": ["1", "2"],
    "password": ["2"],
    "method": ["Teach-back"],
    "days": ["30"],
    "hours": ["80"],
}
WRONG: Mapping[str, list[str]] = {
    "payer": ["1"],
    "desk": ["3"],
    "password": ["1"],
    "method": ["a talk"],
    "days": ["3"],
    "hours": ["8"],
}

# No page may hold any of these before the key may be seen, and never the last.
KEY_WORDS = ("Toldlater", "keytext", "lecture", "28 to 32", "28..32", "78 to 82", "Nevertold")


def changed(changes: Mapping[str, str | None]) -> dict[str, bytes]:
    """The sample's files with other texts; None takes a file away."""
    files = dict(FILES)
    for path, text in changes.items():
        if text is None:
            del files[path]
        else:
            files[path] = text.encode()
    return files


def quiz_with(old: str, new: str) -> dict[str, str | None]:
    """The change that replaces `old` in the sample's quiz by `new`."""
    assert old in QUIZ
    return {QUIZ_FILE: QUIZ.replace(old, new)}


def folder_of(files: Mapping[str, bytes]) -> ContentFolder:
    """What reading these files from a disk gives."""
    slugs = sorted({path.split("/")[1] for path in files if path.startswith("modules/")})
    return ContentFolder(
        modules=tuple(_module(slug, files) for slug in slugs),
        courses=tuple(
            CourseFile(slug=PurePosixPath(path).stem, path=path, text=body.decode())
            for path, body in sorted(files.items())
            if path.startswith("courses/")
        ),
        problems=(),
    )


def _module(slug: str, files: Mapping[str, bytes]) -> ModuleFolder:
    path = f"modules/{slug}"
    inside = {
        name.removeprefix(f"{path}/"): body
        for name, body in sorted(files.items())
        if name.startswith(f"{path}/")
    }
    pictures = {name for name in inside if PurePosixPath(name).suffix in PICTURE_TYPES}
    return ModuleFolder(
        slug=slug,
        path=path,
        texts={name: body.decode() for name, body in inside.items() if name not in pictures},
        pictures={name: inside[name] for name in pictures},
    )


def write_folder(root: Path, files: Mapping[str, bytes] = FILES) -> Path:
    """Write files below `root`; `root` itself, to be read."""
    for path, body in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    return root
