"""Settings: front matter of a quiz, and code spans under the heading of a question."""

from datetime import timedelta
from fractions import Fraction

import pytest

from lms.foundation.problems import Severity
from lms.quizzes.format import parse_quiz
from lms.quizzes.model import QuizSettings, Record, Review

CHOICE = "\n- [ ] a\n- [x] b\n"


def test_defaults_of_a_quiz(read_quiz):
    assert read_quiz(f"## Q\n{CHOICE}").quiz.settings == QuizSettings(
        pass_mark=Fraction(4, 5),
        attempts=None,
        time_limit=None,
        cooldown=None,
        record=Record.HIGHEST,
        shuffle=False,
        review=Review.AFTER_ATTEMPT,
    )


def test_all_settings_of_a_quiz(read_quiz):
    settings = (
        "pass: 66.7%\nattempts: 2\ntime_limit: 20 min\ncooldown: 2 days\nrecord: last\n"
        "shuffle: true\nreview: never\n"
    )
    assert read_quiz(f"## Q\n{CHOICE}", settings).quiz.settings == QuizSettings(
        pass_mark=Fraction(667, 1000),
        attempts=2,
        time_limit=timedelta(minutes=20),
        cooldown=timedelta(days=2),
        record=Record.LAST,
        shuffle=True,
        review=Review.NEVER,
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1 min", timedelta(minutes=1)),
        ("90min", timedelta(minutes=90)),
        ("24 h", timedelta(hours=24)),
        ("1 day", timedelta(days=1)),
    ],
)
def test_spans_of_time(read_quiz, written, meant):
    quiz = read_quiz(f"## Q\n{CHOICE}", f"time_limit: {written}\ncooldown: {written}\n").quiz
    assert (quiz.settings.time_limit, quiz.settings.cooldown) == (meant, meant)


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        pytest.param("pass: 80\n", "bad-setting", "such as `80%`", id="pass-without-sign"),
        pytest.param("pass: 101%\n", "bad-setting", "from 0% to 100%", id="pass-over-100"),
        pytest.param("pass: much%\n", "bad-setting", "from 0% to 100%", id="pass-in-words"),
        pytest.param("pass: [80%]\n", "bad-setting", "from 0% to 100%", id="pass-as-list"),
        pytest.param("attempts: 0\n", "bad-setting", "whole number", id="no-attempts"),
        pytest.param("attempts: 1.5\n", "bad-setting", "whole number", id="half-attempts"),
        pytest.param("attempts:\n", "bad-setting", "whole number", id="attempts-empty"),
        pytest.param("shuffle: yes\n", "bad-setting", "`true` or `false`", id="yes"),
        pytest.param("shuffle: {}\n", "bad-setting", "`true` or `false`", id="shuffle-as-mapping"),
        pytest.param("review: later\n", "bad-setting", "`after-pass`", id="review"),
        pytest.param("atempts: 2\n", "unknown-setting", "did you mean `attempts`", id="misspelt"),
        pytest.param("time_limit: 5\n", "bad-setting", "such as `20 min`", id="limit-without-unit"),
        pytest.param("time_limit: 0 min\n", "bad-setting", "such as `20 min`", id="no-time"),
        pytest.param("time_limit: 1.5 h\n", "bad-setting", "such as `20 min`", id="half-hours"),
        pytest.param("time_limit: 2 days\n", "bad-setting", "at most `24 h`", id="long-limit"),
        pytest.param("cooldown: soon\n", "bad-setting", "`2 days`", id="cooldown-in-words"),
        pytest.param("cooldown: [1 h]\n", "bad-setting", "`2 days`", id="cooldown-as-list"),
        pytest.param("record: best\n", "bad-setting", "`highest` or `first`", id="record"),
    ],
)
def test_front_matter_that_cannot_stand(read_quiz, settings, code, words):
    parsed = read_quiz(f"## Q\n`id: q`\n{CHOICE}\n**Explanation:** x\n", settings)
    (problem,) = parsed.problems
    assert parsed.quiz is None
    assert (problem.line, problem.code) == (3, code)
    assert words in problem.message


@pytest.mark.parametrize("title", ['title: ""', "title: ' '", "title:", "title: []"])
def test_a_quiz_needs_a_title(title):
    parsed = parse_quiz(f"---\n{title}\n---\n\n# Test\n\n## Q\n{CHOICE}", "quiz.md")
    assert parsed.quiz is None
    (problem,) = (item for item in parsed.problems if item.severity is Severity.ERROR)
    assert (problem.line, problem.code, problem.message) == (
        2,
        "bad-setting",
        "`title`: write a title",
    )


def test_settings_of_a_question(read_question):
    question = read_question(
        "## Q\n`id: a-1` `points: 2.5`\n`tags: one, two words` `objective: explain`"
        " `void: full` `scoring:each`\n\n- [x] a\n- [x] b\n"
    )
    assert (question.id, question.points, question.void) == ("a-1", Fraction(5, 2), True)
    assert (question.tags, question.objective) == (("one", "two words"), "explain")
    assert question.scoring == "each"


def test_defaults_of_a_question(read_question):
    question = read_question(f"## What is “Écoute”, 2nd part?\n{CHOICE}")
    assert question.id == "what-is-ecoute-2nd-part"
    assert (question.points, question.tags, question.objective) == (1, (), None)
    assert question.void is False


def test_an_id_made_of_a_long_heading_is_cut(read_question):
    made = read_question(f"## {'word ' * 40}\n{CHOICE}").id
    assert len(made) <= 64
    assert made.endswith("word")


def test_missing_id_and_explanation_are_warnings(read_quiz):
    parsed = read_quiz(f"## Some heading\n{CHOICE}")
    assert parsed.quiz is not None
    assert [(p.line, p.column, p.code, p.severity) for p in parsed.problems] == [
        (7, 1, "missing-id", "warning"),
        (7, 1, "no-explanation", "warning"),
    ]
    assert "`id: some-heading`" in parsed.problems[0].message


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        pytest.param("`id: Q_1`", ["2:1 bad-id"], id="id-with-capitals"),
        pytest.param("`id: a--b`", ["2:1 bad-id"], id="id-with-two-hyphens"),
        pytest.param(f"`id: {'a' * 65}`", ["2:1 bad-id"], id="id-too-long"),
        pytest.param(f"`id: {'a' * 64}`", [], id="id-long-enough"),
        pytest.param("`id: q` `points: 0`", ["2:9 bad-setting"], id="no-points"),
        pytest.param("`points: -1`", ["2:1 bad-setting"], id="points-below-zero"),
        pytest.param("`points: 1/2`", ["2:1 bad-setting"], id="points-as-fraction"),
        pytest.param("`points: two`", ["2:1 bad-setting"], id="points-in-words"),
        pytest.param("`tags: a,,b`", ["2:1 bad-setting"], id="empty-tag"),
        pytest.param("`objective:`", ["2:1 bad-setting"], id="empty-objective"),
        pytest.param("`scoring: some`", ["2:1 bad-setting"], id="scoring"),
        pytest.param("`select: two`", ["2:1 bad-setting"], id="select"),
        pytest.param("`shuffle: no`", ["2:1 bad-setting"], id="shuffle"),
        pytest.param("`void: half`", ["2:1 bad-setting"], id="void"),
        pytest.param("`point: 1`", ["2:1 unknown-setting"], id="misspelt"),
        pytest.param("`id: q` `points 2`", ["2:9 bad-setting"], id="no-colon"),
        pytest.param("`id: q` `id: r`", ["2:9 bad-setting"], id="twice"),
        pytest.param("`id: q`\n`points: 0`", ["3:1 bad-setting"], id="second-line"),
        pytest.param("`id: q`\nStem.", ["2:1 bad-setting"], id="text-on-the-next-line"),
        pytest.param(
            "`points: 0` `points: 0`", ["2:1 bad-setting", "2:13 bad-setting"], id="bad-and-twice"
        ),
    ],
)
def test_settings_that_cannot_stand(faults, paragraph, expected):
    assert faults(f"## Q\n{paragraph}\n{CHOICE}") == expected


@pytest.mark.parametrize(
    "paragraph",
    [
        pytest.param("`x + 1`", id="one-span-of-code"),
        pytest.param("`a` or `b: c`", id="words-between"),
        pytest.param("`id: x` is a setting", id="words-after"),
        pytest.param("`id: x` is\n`id: y`", id="words-between-lines"),
        pytest.param("`x: y`\nis a pair", id="code-on-its-own-line"),
        pytest.param("See `id: x`", id="words-before"),
        pytest.param("*`id: x`*", id="emphasis"),
        pytest.param("> `id: x`", id="quotation"),
    ],
)
def test_other_first_paragraphs_are_the_stem(read_question, paragraph):
    question = read_question(f"## Q\n\n{paragraph}\n{CHOICE}")
    assert question.id == "q"
    assert "<code>" in question.stem


def test_a_misspelt_setting_names_the_nearest(read_quiz):
    messages = [problem.message for problem in read_quiz(f"## Q\n`tag: a`\n{CHOICE}").problems]
    assert any("did you mean `tags`?" in message for message in messages)


@pytest.mark.parametrize(
    ("objectives", "words"),
    [
        pytest.param(None, "", id="unchecked"),
        pytest.param(["explain-it"], "", id="known"),
        pytest.param({"explain-this"}, "did you mean `explain-this`?", id="near"),
        pytest.param([], "which has none", id="module-without-objectives"),
    ],
)
def test_objectives_must_be_those_of_the_module(read_quiz, objectives, words):
    parsed = read_quiz(f"## Q\n`objective: explain-it`\n{CHOICE}", objectives=objectives)
    found = [problem for problem in parsed.problems if problem.code == "unknown-objective"]
    assert [(problem.line, problem.column) for problem in found] == ([(8, 1)] if words else [])
    assert all(words in problem.message for problem in found)
