"""Pictures of lessons: kept for ever by browsers, harmless when opened by themselves."""

from hashlib import sha256

import pytest
from flask.testing import FlaskClient

from lms.courses.catalogue import Catalogue
from tests.conftest import Learner
from tests.sample_content import PICTURE
from tests.web.forms import text_of

DIGEST = sha256(PICTURE).hexdigest()
ADDRESS = f"/figures/{DIGEST}/chart.svg"


def test_a_lesson_shows_its_picture_from_there(learner: Learner) -> None:
    page = text_of(learner.client.get("/courses/onboarding/privacy/lessons/right-amount"))
    assert f'src="{ADDRESS}"' in page
    assert learner.client.get(ADDRESS).data == PICTURE


def test_a_picture_may_be_kept_and_runs_nothing(client: FlaskClient, sample: Catalogue) -> None:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    policy = answer.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("digest", ["0" * 64, DIGEST.upper(), "x", "%00", "%FF", DIGEST + "0"])
def test_another_digest_is_no_picture(client: FlaskClient, sample: Catalogue, digest: str) -> None:
    answer = client.get(f"/figures/{digest}/chart.svg")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers["Cache-Control"]


def test_a_picture_is_not_written_to(client: FlaskClient, sample: Catalogue) -> None:
    assert client.post(ADDRESS).status_code == 405
