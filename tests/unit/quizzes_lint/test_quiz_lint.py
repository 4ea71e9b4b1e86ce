"""The linter: what it warns of and where, and what looks alike and is right."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.foundation.problems import Problem, Severity
from lms.quizzes.format import parse_quiz
from lms.quizzes.lint.abbreviations import find_unsafe
from lms.quizzes.lint.excerpt import Excerpt
from lms.quizzes.lint.likeness import are_alike, core

HEAD = "---\ntitle: T\n---\n# T\n\n"
HEAD_LINES = 5
OTHERS = ("missing-id", "no-explanation", "alt-missing", "long-answer", "number-as-text")


def found(body: str, *, images: tuple[str, ...] = ("a.png",)) -> list[Problem]:
    parsed = parse_quiz(HEAD + body, "quiz.md", images=images)
    assert parsed.quiz is not None, "\n".join(map(str, parsed.problems))
    assert all(problem.severity is Severity.WARNING for problem in parsed.problems)
    return [problem for problem in parsed.problems if problem.code not in OTHERS]


def places(body: str) -> list[str]:
    """`line:column code`, lines counted from the body."""
    return [f"{one.line - HEAD_LINES}:{one.column} {one.code}" for one in found(body)]


def choice(*options: str, stem: str = "", settings: str = "", box: str = "-") -> str:
    """A choice whose first option is right."""
    lines = [f"{box} [{'x' if n == 0 else ' '}] {text}\n" for n, text in enumerate(options)]
    return f"## Q\n{settings}\n\n{stem}\n\n{''.join(lines)}"


def alike(one: str, other: str, *, is_typed: bool = False) -> bool:
    return are_alike(core(one, is_typed=is_typed), core(other, is_typed=is_typed))


# All of the above


@pytest.mark.parametrize(
    "text",
    [
        "All of the above",
        "all of the above.",
        "None of the above",
        "Any of the above answers",
        "Both of the above",
        "None of these options above",
        "All the above",
        "*None* of the previous",
    ],
)
def test_shuffled_options_have_nothing_above_them(text: str) -> None:
    body = choice("Call the nurse", "Wait", text)
    assert [one.split()[1] for one in places(body)] == ["all-of-the-above"]
    assert places(choice("Call the nurse", "Wait", text, box="1.")) == []
    assert places(choice("Call the nurse", "Wait", text, settings="`shuffle: false`")) == []


@pytest.mark.parametrize("text", ["None of these is above 5", "Everyone above 65", "All of them"])
def test_other_options_may_speak_of_above(text: str) -> None:
    assert places(choice("Call the nurse", "Wait", text)) == []


def test_the_option_itself_is_the_place() -> None:
    assert places("## Q\n\n- [x] a\n- [ ] All of the above\n") == ["4:7 all-of-the-above"]
    assert places("## Q\n\n- [x] a\n- [ ] *All* of the above\n") == ["1:1 all-of-the-above"]


def test_what_is_not_chosen_among_has_nothing_above_it() -> None:
    assert places("## Q\n\n**Answer:** `all of the above`\n") == []


# Near-identical answers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Call the nurse", "Call the nurse."),
        ("Call the nurse", "call nurse"),
        ("A nurse", "The nurse"),
        ("T-cell", "T cell"),
        ("It's late", "It’s “late”"),
        ("Only the parts that support the request", "Only the parts that supports the request"),
        ("Only the parts that support the request", "Only the parts that suppert the request"),
    ],
)
def test_answers_that_nobody_can_tell_apart(one: str, other: str) -> None:
    assert [problem.code for problem in found(choice(one, other))] == ["near-identical"]
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hypotension", "hypertension"),
        ("10 mg", "100 mg"),
        ("1.5 mg", "15 mg"),
        ("-5", "5"),
        ("5%", "5"),
        ("a < 5", "a > 5"),
        ("10²", "102"),
        ("do resuscitate", "do not resuscitate"),
        ("ileum", "ilium"),
        ("hepatitis A", "hepatitis"),
        ("insulin glargine, 10 units at night", "insulin glargine, 100 units at night"),
        ("insulin glargine, 10 units at night", "insulin glargine, 18 units at night"),
        ("Tell the patient in the morning", "Tell the patient in the evening"),
        ("Tell the patient in the morning", "Tell the patient in the mornings or"),
        ("unit", "units"),
        ("?", "!"),
    ],
)
def test_answers_that_are_two(one: str, other: str) -> None:
    assert not alike(one, other)
    assert not alike(other, one)
    assert found(choice(one, other)) == []


def test_only_a_right_and_a_wrong_one_are_compared() -> None:
    assert found(choice("a nurse", "the doctor", "the doctor.")) == []


def test_typed_answers_are_alike_with_and_without_a_plural() -> None:
    body = "## Q\n\n**Answer:** `kidney`\n\n- ~~`kidneys`~~\n  > No.\n"
    (problem,) = found(body)
    assert (problem.line - HEAD_LINES, problem.column, problem.code) == (5, 6, "near-identical")
    assert problem.message == (
        "the wrong answer `kidneys` is nearly the right one, `kidney`: is that meant?"
    )
    assert found("## Q\n\n**Answer:** `CUS`\n\n- ~~`CU`~~\n") == []


@pytest.mark.parametrize(
    "body",
    [
        "## Q\n`match: exact`\n\n**Answer:** `CUS`\n\n- ~~`cus`~~\n",
        "## Q\n`match: wildcard`\n\n**Answer:** `kidney*`\n\n- ~~`kidney`~~\n",
        "## Q\n\n**Answer:** `/kidney./`\n\n- ~~`kidney`~~\n",
        "## Q\n\n**Answer:** `kidney`\n\n- `kidneys` `50%`\n",
    ],
    ids=["exact", "wildcard", "regex", "half-right"],
)
def test_typed_answers_whose_difference_is_meant(body: str) -> None:
    assert "near-identical" not in [
        problem.code for problem in parse_quiz(HEAD + body, "quiz.md").problems
    ]


def test_words_of_a_wildcard_match_are_compared() -> None:
    body = "## Q\n`match: wildcard`\n\n**Answer:** `kidney` or `ren*`\n\n- ~~`kidneys`~~\n"
    assert [problem.code for problem in found(body)] == ["near-identical"]


# Abbreviations


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Give 10 U now", "10 U"),
        ("Give 10U now", "10U"),
        ("Give 10 u.", "10 u"),
        ("U", "U"),
        ("vitamin D 400 IU", "IU"),
        ("400 I.U. a day", "I.U"),
        ("400 iu a day", "400 iu"),
        ("once QD", "QD"),
        ("once qd.", "qd"),
        ("once Q.D. at night", "Q.D"),
        ("once QOD", "QOD"),
        ("once q.o.d.", "q.o.d"),
        ("5.0 mg", "5.0 mg"),
        ("5.00mg", "5.00mg"),
        ("a 2.0-mL dose", "2.0-mL"),
        ("1.0 tablet", "1.0 tablet"),
        (".5 mg", ".5 mg"),
        ("about .25 µg", ".25 µg"),
        ("MS 2 mg", "MS"),
        ("MSO4", "MSO4"),
        ("MgSO₄ now", "MgSO₄"),
        ('"Give MS now," she says', "MS"),
    ],
)
def test_abbreviations_not_to_use(text: str, word: str) -> None:
    assert [unsafe for unsafe, _ in find_unsafe(text)] == [word]


@pytest.mark.parametrize(
    "text",
    [
        "10 units", "10 U.S. states", "a U-turn", "vitamin U", "QDR", "IUD", "Ms. Ivanova", "MSW",
        "BMS", "version 2.0", "an INR of 2.0", "glucose 5.0 mg/dL", "0.5 mg", "10.0.5 mg", "p < .05",
        "15.05 mg", '"QD" is banned', "The “MS”.", "'10.0 mg', say", "", "1.05 mg", "5 mg",
    ],
)  # fmt: skip
def test_what_only_looks_like_one(text: str) -> None:
    assert list(find_unsafe(text)) == []


def test_abbreviations_are_found_in_heading_stem_options_and_keys() -> None:
    body = (
        "## Insulin 10 U\n\n**Answer:** `5.0 mg` or `QD` or `/MS/`\n\n- ~~`QOD`~~\n\n"
        "## Q\n\nGive *.5 mg* now.\n\n- [x] 20 IU\n- [ ] MSO4\n\n"
        "## How much?\n\n**Answer:** 7.0 mg\n\n"
        "## How much?\n`id: more`\n\n**Answer:** 7.0 ± 1 mL\n\n"
        "## Between?\n\n**Answer:** 1..2.0 mg\n"
    )
    assert places(body) == [
        "1:12 unsafe-abbreviation",
        "3:14 unsafe-abbreviation",
        "3:26 unsafe-abbreviation",
        "9:7 unsafe-abbreviation",
        "11:10 unsafe-abbreviation",
        "12:7 unsafe-abbreviation",
        "16:13 unsafe-abbreviation",
        # Where the key says it otherwise, the heading is the place.
        "18:1 unsafe-abbreviation",
        "25:16 unsafe-abbreviation",
    ]


def test_what_is_taught_is_not_used() -> None:
    assert places(choice("`QD`", "daily", stem='Why is `10 U` unsafe, and "QOD"?')) == []


def test_the_message_says_what_to_write() -> None:
    (problem,) = found(choice("20 IU", "a pill"))
    assert problem.message == (
        '`IU` is on the Joint Commission\'s "Do Not Use" list: IU has been read as IV and as 10:'
        " write `international units`"
    )


# Tolerances


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("80 ± 41", ["3:16 wide-tolerance"]),
        ("80 +- 60%", ["3:16 wide-tolerance"]),
        ("80 +/- 41 hours", ["3:16 wide-tolerance"]),
        ("-80 ± 41", ["3:17 wide-tolerance"]),
        ("80 ± 40", []),
        ("80 ± 50%", []),
        ("80", []),
        ("0 ± 3", []),
        ("1..100", []),
    ],
)
def test_a_tolerance_of_more_than_half_the_value(key: str, expected: list[str]) -> None:
    assert places(f"## Q\n\n**Answer:** {key}\n") == expected


def test_the_interval_is_said() -> None:
    (problem,) = found("## Q\n\n**Answer:** 80 ± 60%\n")
    assert "32 to 128 is right" in problem.message


# Pictures


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (choice("Kidney", "Liver", stem="![A left kidney](a.png)"), ["4:3 alt-gives-away"]),
        (choice("*Kidney*", "Liver", stem="![A *left* kidney](a.png)"), ["4:1 alt-gives-away"]),
        (choice("Kidney", "Liver", stem="![Kidney, liver](a.png)"), []),
        (choice("Kidney", "Liver", stem="![Kidneys](a.png)"), []),
        (choice("Kidney", "Liver", stem="![An organ](a.png)"), []),
        (choice("Kidney", "Liver", stem="Kidney? ![An organ](a.png)"), []),
        (choice("![A kidney](a.png)", "Liver"), []),
        ("## ![a kidney](a.png)\n\n**Answer:** `kidney`\n", ["1:6 alt-gives-away"]),
        ("## Q\n\n![30 days](a.png)\n\n**Answer:** 30 days\n", ["3:3 alt-gives-away"]),
        ("## Q\n\n![30 days](a.png)\n\n**Answer:** `/30/`\n", []),
    ],
)
def test_a_picture_does_not_tell_the_answer(body: str, expected: list[str]) -> None:
    assert places(body) == expected


# Select all


@pytest.mark.parametrize("stem", ["Choose all that apply.", "Select all.", "Which? All that apply"])
def test_asking_for_all_of_one(stem: str) -> None:
    assert [one.split()[1] for one in places(choice("a", "b", stem=stem))] == ["one-right-answer"]
    assert places(choice("a", "b", stem=stem).replace("[ ]", "[x]")) == []
    # The reader of the file says it already.
    many = places(choice("a", "b", stem=stem, settings="`select: many`"))
    assert [one.split()[1] for one in many] == ["one-right-answer"]


def test_asking_for_one() -> None:
    assert places(choice("a", "b", stem="Which of all applies?")) == []


# Places


def test_a_finding_lies_in_its_own_question() -> None:
    body = (
        "## Pool\n`draw: 1`\n\n### A\n\n- [x] QD\n- [ ] daily\n\n"
        "### B\n\n- [x] QD\n- [ ] daily\n\n## C\n\n**Answer:** `QD`\n"
    )
    assert places(body) == [f"{line} unsafe-abbreviation" for line in ("6:7", "11:7", "16:14")]


def test_a_warning_is_told_beside_an_error() -> None:
    parsed = parse_quiz(f"{HEAD}## A\n\n- [x] QD\n- [ ] b\n\n## B\n\n- [ ] c\n", "quiz.md")
    assert parsed.quiz is None
    assert "unsafe-abbreviation" in [problem.code for problem in parsed.problems]


@pytest.mark.parametrize(
    ("needles", "place"),
    [
        (("b",), (8, 3)),
        (("x", "b"), (8, 3)),
        (("", "b."), (8, 3)),
        (("ab",), (7, 1)),
        (("",), (7, 1)),
        (("(b.)",), (9, 1)),
    ],
)
def test_where_something_stands(needles: tuple[str, ...], place: tuple[int, int]) -> None:
    assert Excerpt(7, ["## abc", "a b.", "(b.)"]).find(*needles) == place


@given(st.text(max_size=30), st.text(max_size=30), st.booleans())
def test_likeness_has_no_direction(one: str, other: str, is_typed: bool) -> None:
    are_both = alike(one, other, is_typed=is_typed)
    assert are_both is alike(other, one, is_typed=is_typed)
    assert not are_both or {character for character in one if character.isdigit()} == {
        character for character in other if character.isdigit()
    }


def test_a_text_of_many_findings_is_looked_through_for_some() -> None:
    many = "".join(f"- [ ] All *of* the above {n}\n" for n in range(300))
    words = " ".join(f"{n}  U" for n in range(300))
    body = f"## Q\n\n{words}\n\n- [x] right\n{many}"
    counted = Counter(one.code for one in found(body))
    assert (counted["unsafe-abbreviation"], counted["all-of-the-above"]) == (20, 1)
    assert [one.code for one in found(choice("a" * 400, f"{'a' * 399}b"))] == []
