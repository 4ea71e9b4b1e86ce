"""The page of a quiz's statistics: who sees it, when it shows figures, and which."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.courses.catalogue import Catalogue
from lms.foundation.database import Database
from lms.quizzes.shelf import QuizShelf
from tests.cohort import add_cohort, guesses
from tests.factories import make_member, make_organization, make_user, publish_sample
from tests.sample_content import QUIZ_FILE, REFRESHER, quiz_with
from tests.web.forms import text_of
from tests.web.test_query_counts import statements

SignIn = Callable[[int], FlaskClient]
ADDRESS = "/reports/quizzes/privacy"


@pytest.fixture
def instructor(database: Database, sign_in: SignIn) -> FlaskClient:
    with database.transaction() as session:
        user_id = make_user(session, role="instructor").id
    return sign_in(user_id)


def add(session: Session, shelf: Catalogue, count: int) -> None:
    """So many learners with a submitted attempt at the privacy check."""
    course = shelf.courses["onboarding"]
    module = course.module("privacy")
    assert module is not None
    quiz = QuizShelf().get(session, module.revision_id)
    add_cohort(session, course, module, quiz, list(guesses(quiz, count)))


def page_of(client: FlaskClient, address: str = ADDRESS) -> str:
    """The page as one line of text and tags."""
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(text_of(answer).split())


# Who


@pytest.mark.usefixtures("sample")
def test_a_visitor_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert client.get(ADDRESS).location == f"/sign-in?next={ADDRESS}"


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("manages", [False, True])
def test_a_learner_may_not_even_one_who_manages_people(
    database: Database, sign_in: SignIn, *, manages: bool
) -> None:
    with database.transaction() as session:
        user = make_user(session)
        if manages:
            make_member(session, make_organization(session), user, role="manager")
    assert sign_in(user.id).get(ADDRESS).status_code == 403


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("role", ["instructor", "administrator"])
def test_who_may_comes_from_the_content(database: Database, sign_in: SignIn, role: str) -> None:
    with database.transaction() as session:
        user_id = make_user(session, role=role).id
    client = sign_in(user_id)
    content = text_of(client.get("/content"))
    assert content.count("/reports/quizzes/") == 1
    assert f'href="{ADDRESS}" aria-label="Statistics of Privacy at work"' in content
    assert client.get(ADDRESS).status_code == 200


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("slug", ["handover", "nowhere"])
def test_a_module_that_never_had_a_quiz(instructor: FlaskClient, slug: str) -> None:
    answer = instructor.get(f"/reports/quizzes/{slug}")
    assert answer.status_code == 404
    assert "There is no module with a quiz at this address." in text_of(answer)


# Too few


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "Nobody has"), (1, "One learner has"), (9, "9 learners have")],
)
def test_under_ten_attempts_there_are_no_figures(
    database: Database, sample: Catalogue, instructor: FlaskClient, count: int, words: str
) -> None:
    with database.transaction() as session:
        add(session, sample, count)
    page = page_of(instructor)
    assert f"{words} submitted an attempt so far. Figures appear from 10 on" in page
    assert "Facility" not in page
    assert '<svg class="statistics' not in page


def test_a_quiz_without_graded_questions(database: Database, instructor: FlaskClient) -> None:
    quiz = "---\ntitle: Views\npass: 0%\n---\n\n# Views\n\nOne.\n\n## Who?\n"
    quiz += "`id: who` `ungraded`\n\n- [ ] I\n- [ ] You\n"
    with database.transaction() as session:
        publish_sample(session, {QUIZ_FILE: quiz})
    assert "No question of this quiz is graded" in page_of(instructor)


# Enough


def test_the_figures(database: Database, sample: Catalogue, instructor: FlaskClient) -> None:
    with database.transaction() as session:
        add(session, sample, 40)
    page = page_of(instructor)
    assert "What 40 learners’ first attempts tell" in page
    assert "Of the 40 first attempts" not in page
    assert "<dt>First attempts</dt><dd>40" in page
    # Nobody of the cohort answers what has no options: the pass mark of 80% is out of reach.
    assert "<dt>Reach the pass mark</dt><dd>0%" in page
    assert "with the pass mark at 80%" in page
    rows = re.findall(r'<th scope="row">(\d+–\d+%)</th><td>(\d+)</td>', page)
    assert len(rows) == 10
    assert sum(int(count) for _, count in rows) == 40
    assert "<dt>Median time</dt><dd>2" in page
    assert page.count('<span class="pill pill-done">Right</span>') == 4
    chosen = re.findall(r'<span class="statistics-count">(\d+)</span>', page)
    assert len(chosen) == 3 + 3 + 2
    assert "no answer came from an open page" in page
    link = '<a href="#question-method">4. What is it called when patients say'
    assert link in page
    assert 'id="question-method"' in page
    assert "Nearly everyone misses this one: check its key and its wording." in page
    # Both questions of the pool are there, each for the attempts that drew it.
    assert 'id="question-days"' in page
    assert 'id="question-hours"' in page


def test_texts_of_authors_are_texts(database: Database, instructor: FlaskClient) -> None:
    changes = quiz_with("- [ ] Nothing at all", "- [ ] Nothing `<b>` & all")
    with database.transaction() as session:
        add(session, publish_sample(session, changes), 10)
    html = instructor.get(ADDRESS).get_data(as_text=True)
    assert "&lt;b&gt; &amp; all" in html
    assert "<b> & all" not in html


def test_the_order_stands_in_the_address(
    database: Database, sample: Catalogue, instructor: FlaskClient
) -> None:
    with database.transaction() as session:
        add(session, sample, 40)

    def order(query: str) -> list[tuple[int, int]]:
        """Each question's number, and of how many concerns it tells."""
        articles = page_of(instructor, ADDRESS + query).split("<article")[1:]
        numbers = [int(re.findall(r"<h3[^>]*>(\d+)\.", article)[0]) for article in articles]
        return [
            (number, article.split("</article>")[0].count("<li>"))
            for number, article in zip(numbers, articles, strict=True)
        ]

    by_number, by_concern = order(""), order("?order=concern")
    assert [number for number, _ in by_number] == [1, 2, 3, 4, 5, 6]
    assert order("?order=anything") == by_number
    concerns = [count for _, count in by_concern]
    assert concerns == sorted(concerns, reverse=True)
    assert concerns[0] > concerns[-1]
    assert sorted(by_concern) == by_number
    assert by_concern != by_number


def test_the_questions_are_a_file_too(
    database: Database, sample: Catalogue, instructor: FlaskClient
) -> None:
    def read(query: str) -> list[list[str]]:
        text = instructor.get(f"{ADDRESS}/questions.csv{query}").text
        return list(csv.reader(io.StringIO(text[1:], newline="")))[1:]

    with database.transaction() as session:
        add(session, sample, 9)
    assert read("") == []
    with database.transaction() as session:
        add(session, sample, 31)
    for query in ("", "?order=concern"):
        page = page_of(instructor, ADDRESS + query)
        assert f'href="{ADDRESS}/questions.csv{query}"' in page
        shown = re.findall(r'<article[^>]*id="question-([^"]*)"', page)
        assert [row[2] for row in read(query)] == shown
        facilities = re.findall(r"<dt>Facility</dt><dd>\D*(\d+%)", page)
        assert [row[4] for row in read(query)] == facilities


def test_earlier_wordings_are_told(
    database: Database, sample: Catalogue, instructor: FlaskClient
) -> None:
    with database.transaction() as session:
        add(session, sample, 12)
        later = publish_sample(
            session, quiz_with("What do you send to a payer?", "What to a payer?")
        )
        add(session, later, 3)
    page = page_of(instructor)
    assert "3 first attempts were at the quiz as it is now; the other 12 had" in page
    assert "12 first attempts had it in an earlier wording" in page
    assert "So far 3 first attempts had this question as it is worded now" in page
    assert "<dt>Alpha</dt><dd>" not in page
    # The questions that are the same have their figures.
    assert "<dt>First attempts</dt><dd>15" in page
    with database.transaction() as session:
        add(session, later, 7)
    page = page_of(instructor)
    assert "Of the 22 first attempts, 12 had a question less, more or worded differently." in page
    assert "the figures of the whole are of the other 10" in page


def test_a_quiz_that_is_gone(
    database: Database, sample: Catalogue, instructor: FlaskClient
) -> None:
    with database.transaction() as session:
        add(session, sample, 10)
        refresher = REFRESHER.replace("pass_rule: quizzes", "pass_rule: lessons")
        publish_sample(session, {QUIZ_FILE: None, "courses/refresher.md": refresher})
    page = page_of(instructor)
    assert "The module has no quiz any more. This is about its last one, of revision 1." in page
    assert "What 10 learners’ first attempts tell" in page


def test_it_asks_as_often_for_many_as_for_few(
    database: Database, sample: Catalogue, instructor: FlaskClient
) -> None:
    asked = []
    assert instructor.get(ADDRESS).status_code == 200
    for count in (10, 40):
        with database.transaction() as session:
            add(session, sample, count)
        with statements(database) as seen:
            assert instructor.get(ADDRESS).status_code == 200
        asked.append(seen)
    assert asked[0] == asked[1]
    # The person, the quiz, its grades, the attempts, and everything in them.
    assert len(asked[0]) == 5
