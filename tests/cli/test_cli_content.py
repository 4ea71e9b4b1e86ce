"""`lms check` and `lms publish`: every fault at its place, and nothing published with one."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms.courses.models import ModuleRevision, Publication
from lms.foundation.database import Database
from tests.cli.command import Run, count, fails, run_process, run_with
from tests.sample_content import COURSE, LESSON, QUIZ, SECOND_LESSON, changed, write_folder


def place_of(text: str, words: str) -> str:
    """Line and column of `words` in `text`, both from 1."""
    before = text[: text.index(words)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


# Check


def test_the_content_that_comes_with_rounds_is_in_order() -> None:
    """Without a database, and with settings that no other command would accept."""
    done = run_process("check", LMS_DATABASE_URL="nonsense", LMS_NONSENSE="1")
    assert done.returncode == 0
    assert re.fullmatch(r"\d+ courses and \d+ modules are in order\.\n", done.stdout)


def test_a_folder_in_order_says_so(content: str) -> None:
    result = run_with({})("check", content)
    assert result.exit_code == 0
    assert result.output == "3 courses and 2 modules are in order.\n"


def test_warnings_do_not_fail_the_check(tmp_path: Path) -> None:
    lesson = LESSON.replace("![A chart with one page taken out]", "![]")
    folder = write_folder(tmp_path, changed({"modules/privacy/lessons/01-right-amount.md": lesson}))
    result = run_with({})("check", str(folder))
    assert result.exit_code == 0
    assert "alt-missing" in result.output
    assert "(warning)" in result.output


def test_every_fault_of_every_file_is_found_in_one_run(tmp_path: Path) -> None:
    onboarding = COURSE.replace("  - handover", "  - handovr")
    refresher = COURSE.replace("validity_months", "validity_month")
    lesson = LESSON.replace("figures/chart.svg", "figures/chrat.svg")
    unreadable = SECOND_LESSON.replace("title: A", "title: [A")
    quiz = (
        QUIZ.replace("pass: 80%", "pass: 180%")
        .replace("`id: desk`", "`id: payer`")
        .replace("- [x] The part", "- [ ] The part")
    )
    texts = {
        "courses/onboarding.md": onboarding,
        "courses/refresher.md": refresher,
        "modules/privacy/lessons/01-right-amount.md": lesson,
        "modules/privacy/lessons/02-desk-without-names.md": unreadable,
        "modules/privacy/quiz.md": quiz,
        "modules/handover/module.md": None,
    }
    latin = {"modules/handover/lessons/02-latin.md": b"---\ntitle: Gr\xfc\xdfe\n---\n"}
    folder = write_folder(tmp_path / "content", changed(texts) | latin)
    done = run_process("check", str(folder), LMS_DATABASE_URL="nonsense")
    assert done.returncode == 1
    found = [line.removeprefix(f"{folder}/").split(" ")[:2] for line in done.stdout.splitlines()]
    assert found == [
        [f"courses/onboarding.md:{place_of(onboarding, 'handovr')}:", "unknown-module"],
        [f"courses/refresher.md:{place_of(refresher, 'validity_month')}:", "unknown-setting"],
        ["modules/handover/lessons/02-latin.md:2:10:", "not-utf-8"],
        ["modules/handover/module.md:1:1:", "missing-file"],
        ["modules/privacy/lessons/01-right-amount.md:8:1:", "missing-image"],
        # The bracket is missed where the next setting begins.
        ["modules/privacy/lessons/02-desk-without-names.md:3:8:", "yaml"],
        [f"modules/privacy/quiz.md:{place_of(quiz, '180%')}:", "bad-setting"],
        [f"modules/privacy/quiz.md:{place_of(quiz, '## What do you send')}:", "no-right-answer"],
        [
            f"modules/privacy/quiz.md:{place_of(quiz, '`id: payer` `objective: spot')}:",
            "repeated-id",
        ],
    ]
    assert all(line.endswith("(error)") for line in done.stdout.splitlines())


@pytest.mark.parametrize("path", ["nowhere", "file", ""])
def test_a_path_that_is_no_content_folder_is_a_sentence(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    result = run_with({})("check", str(tmp_path / path))
    fails(result, "is not a content folder: it needs courses/ and modules/ inside")
    assert len(result.output.splitlines()) == 1


# Publish


def test_publishing_twice_changes_nothing_the_second_time(
    run: Run, database: Database, content: str
) -> None:
    first = run("publish", content, "--note", "The first edition", "--material")
    assert first.exit_code == 0
    assert first.output.splitlines() == [
        "Published course onboarding, revision 1.",
        "Published course refresher, revision 1.",
        "Published course yearly, revision 1.",
        "Published module handover, revision 1.",
        "Published module privacy, revision 1.",
    ]
    second = run("publish", content)
    assert second.exit_code == 0
    assert second.output == "Nothing changed since the last publication.\n"
    with database.reading_session() as session:
        publication = session.scalars(sa.select(Publication)).one()
        assert publication.note == "The first edition"
        assert publication.published_by_name.endswith(" (terminal)")
        assert session.scalars(sa.select(ModuleRevision.is_material)).all() == [True, True]


def test_only_what_changed_becomes_a_new_revision(run: Run, content: str) -> None:
    run("publish", content)
    file = Path(content) / "modules/handover/lessons/01-before-you-leave.md"
    file.write_text(file.read_text().replace("three things", "four things"))
    result = run("publish", content)
    assert result.output == "Published module handover, revision 2.\n"


def test_with_an_error_nothing_is_published(
    run: Run, database: Database, content: str, tmp_path: Path
) -> None:
    run("publish", content)
    other = LESSON.replace("Ask what", "Always ask what")
    texts = {
        "modules/privacy/lessons/01-right-amount.md": other,
        "courses/onboarding.md": COURSE.replace("  - handover", "  - handovr"),
    }
    broken = write_folder(tmp_path / "broken", changed(texts))
    result = run("publish", str(broken))
    fails(result, "Nothing was published: mend the errors above first.")
    assert "unknown-module" in result.output
    assert count(database, Publication) == 1
    assert count(database, ModuleRevision) == 2


def test_publishing_from_no_content_folder_is_a_sentence(run: Run, tmp_path: Path) -> None:
    fails(run("publish", str(tmp_path)), "is not a content folder")
