"""Front matter: split, read with positions, and every fault at its place."""

from typing import Annotated

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from lms.foundation import frontmatter
from lms.foundation.problems import Problem


def _even(value: int) -> int:
    if value % 2:
        raise ValueError("it must be even")
    return value


def _short(value: str) -> str:
    if len(value) > 3:
        raise ValueError("it must be short")
    return value


class Sheet(BaseModel):
    """Settings of every shape that content uses."""

    model_config = ConfigDict(extra="forbid")

    title: str
    minutes: int = Field(default=10, ge=1)
    pairs: Annotated[int, AfterValidator(_even)] = 2
    goals: dict[Annotated[str, AfterValidator(_short)], str] = {}
    modules: list[str] = []
    sizes: int | list[int] = 1
    hidden: bool | None = None
    passing: str = Field(default="80%", alias="pass")

    @model_validator(mode="after")
    def _agree(self) -> "Sheet":
        if self.title == "contradiction":
            raise ValueError("the settings contradict each other")
        return self


def read(settings: str) -> tuple[Sheet | None, list[Problem]]:
    """`settings` is what stands between the two lines."""
    sheet, _, problems = frontmatter.read(f"---\n{settings}---\n", "a.md", Sheet)
    return sheet, problems


def only(problems: list[Problem]) -> tuple[int, int, str, str]:
    (problem,) = problems
    assert problem.path == "a.md"
    return problem.line, problem.column, problem.code, problem.message


# Splitting


def test_a_file_splits_into_settings_and_body() -> None:
    parts = frontmatter.split("---\ntitle: A\n---\nfirst\nsecond")
    assert (parts.yaml_text, parts.body, parts.body_line) == ("title: A", "first\nsecond", 4)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff---\r\ntitle: A\r\n---\r\nbody",
        "---\rtitle: A\r---\rbody",
        "---  \ntitle: A\n--- \nbody",
        "---\ntitle: A\n...\nbody",
    ],
)
def test_other_editors_line_ends_and_marks_mean_the_same(text: str) -> None:
    parts = frontmatter.split(text)
    assert (parts.yaml_text, parts.body, parts.body_line) == ("title: A", "body", 4)


@pytest.mark.parametrize("text", ["", "body", " ---\ntitle: A\n---\n", "---\ntitle: A\nbody"])
def test_without_both_lines_everything_is_body(text: str) -> None:
    parts = frontmatter.split(text)
    assert (parts.yaml_text, parts.body, parts.body_line) == (None, text, 1)


def test_a_file_without_front_matter_says_how_to_write_one() -> None:
    sheet, parts, problems = frontmatter.read("# A", "a.md", Sheet)
    assert sheet is None
    assert parts.body == "# A"
    line, column, code, message = only(problems)
    assert (line, column, code) == (1, 1, "front-matter-missing")
    assert "`---`" in message


# Reading


def test_settings_reach_the_model_as_they_were_typed() -> None:
    sheet, problems = read("title: On\nminutes: 07\ngoals: {a: 1.50}\nmodules: [yes, 2026-01-01]\n")
    assert problems == []
    assert sheet is not None
    assert sheet.title == "On"
    assert sheet.minutes == 7
    assert sheet.goals == {"a": "1.50"}
    assert sheet.modules == ["yes", "2026-01-01"]


def test_a_null_is_nothing_unless_it_is_quoted() -> None:
    sheet, _ = read("title: 'null'\nhidden: ~\n")
    assert sheet is not None
    assert sheet.title == "null"
    assert sheet.hidden is None


def test_every_value_keeps_its_place() -> None:
    text = "---\ntitle: A\nmodules:\n  - one\n  - two\n---\nbody\n"
    _, parts, problems = frontmatter.read(text, "a.md", Sheet)
    assert problems == []
    assert parts.places["title",] == (2, 8)
    assert parts.places["modules", 1] == (5, 5)


def test_no_settings_at_all_only_lack_what_is_needed() -> None:
    assert only(read("")[1]) == (1, 1, "missing-setting", "`title` is missing: add it")


# Faults


@pytest.mark.parametrize(
    ("settings", "line", "column", "code", "words"),
    [
        ("title: [a\n", 3, 1, "yaml", "not YAML"),
        ("title: A\n\tminutes: 1\n", 3, 1, "yaml", "not YAML"),
        ('title: "A\n', 2, 10, "yaml", "not YAML"),
        ("title: A\n--- b\n", 3, 1, "yaml", "not YAML"),
        ("title: a\x00b\n", 2, 9, "yaml", "character that YAML does not allow"),
        (
            "title: A\ngoals: {}\nhidden: \ud800\n",
            4,
            9,
            "yaml",
            "character that YAML does not allow",
        ),
        ("just words\n", 2, 1, "yaml", "one `name: value` on each line"),
        ("- title\n", 2, 1, "yaml", "one `name: value` on each line"),
        ("title: A\ngoals: &g {a: b}\nmodules: *g\n", 4, 10, "yaml-alias", "write the value out"),
        ("title: A\n? [a, b]\n: c\n", 3, 3, "yaml", "plain text"),
        ("title: A\ntitle: B\n", 3, 1, "repeated-key", "`title` is set twice"),
        ("title: A\ngoals:\n  a: b\n  a: c\n", 5, 3, "repeated-key", "`a` is set twice"),
        ("title: A\nminuts: 3\n", 3, 1, "unknown-setting", "did you mean `minutes`?"),
        ("title: A\npassing: 3\n", 3, 1, "unknown-setting", "did you mean `pass`?"),
        ("title: A\nzzz: 3\n", 3, 1, "unknown-setting", "use one of `goals`, `hidden`, `minutes`"),
        ("minutes: 3\n", 1, 1, "missing-setting", "`title` is missing"),
        (
            "title: A\nminutes: soon\n",
            3,
            10,
            "bad-setting",
            "`minutes`: it should be a valid integer",
        ),
        ("title: A\nminutes: 0\n", 3, 10, "bad-setting", "it should be greater than or equal to 1"),
        ("title: A\npairs: 3\n", 3, 8, "bad-setting", "`pairs`: it must be even"),
        ("title: A\nmodules:\n  - a\n  - [b]\n", 5, 5, "bad-setting", "`modules.1`: it should be"),
        ("title: A\ngoals:\n  a: {b: c}\n", 4, 6, "bad-setting", "`goals.a`: it should be"),
        (
            "title: A\ngoals:\n  ab: c\n  long: d\n",
            5,
            3,
            "bad-setting",
            "`goals.long`: it must be short",
        ),
        ("title: contradiction\n", 2, 1, "bad-setting", "the settings contradict each other"),
    ],
)
def test_a_fault_stands_at_its_place(
    settings: str, line: int, column: int, code: str, words: str
) -> None:
    sheet, problems = read(settings)
    assert sheet is None
    found_line, found_column, found_code, message = only(problems)
    assert (found_line, found_column, found_code) == (line, column, code)
    assert words in message


def test_a_value_of_no_allowed_kind_is_named_as_the_author_knows_it() -> None:
    _, problems = read("title: A\nsizes: big\n")
    assert {(item.line, item.column, item.message.split(":")[0]) for item in problems} == {
        (3, 8, "`sizes`")
    }


def test_faults_of_the_whole_name_no_empty_setting() -> None:
    assert "``" not in only(read("title: contradiction\n")[1])[3]


def test_all_faults_of_a_file_are_reported_together() -> None:
    _, problems = read("minutes: soon\npairs: 3\nminuts: 1\n")
    assert [(item.code, item.line) for item in problems] == [
        ("missing-setting", 1),
        ("bad-setting", 2),
        ("bad-setting", 3),
        ("unknown-setting", 4),
    ]


class Item(BaseModel):
    """An entry of a list."""

    name: str
    size: int = 1


class Catalogue(BaseModel):
    """A setting inside a list of settings."""

    items: list[Item]


def test_a_setting_that_is_missing_further_in_is_named_where_it_belongs() -> None:
    text = "---\nitems:\n  - name: a\n  - size: 2\n---\n"
    _, _, problems = frontmatter.read(text, "a.md", Catalogue)
    assert only(problems) == (4, 5, "missing-setting", "`items.1.name` is missing: add it")


@pytest.mark.parametrize("depth", [frontmatter.MAX_DEPTH, 50_000])
def test_deep_nesting_is_refused_before_it_is_built(depth: int) -> None:
    line, _, code, message = only(read(f"title: {'[' * depth}{']' * depth}\n")[1])
    assert (line, code) == (2, "yaml")
    assert "nested too deeply" in message


def test_as_deep_as_allowed_is_read() -> None:
    depth = frontmatter.MAX_DEPTH - 1
    _, problems = read(f"title: {'[' * depth}{']' * depth}\n")
    assert only(problems)[2] == "bad-setting"


def test_aliases_that_would_grow_without_bound_are_refused() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{before}, *{before}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert only(read(bomb)[1])[2] == "yaml-alias"


# Suggestions


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("titel", ["title", "minutes"], ": did you mean `title`?"),
        ("zzz", ["title", "minutes"], ": use one of `minutes`, `title`"),
    ],
)
def test_an_unknown_word_gets_the_nearest_or_all(word: str, known: list[str], said: str) -> None:
    assert frontmatter.suggestion(word, known) == said
