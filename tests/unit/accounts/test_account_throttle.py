"""How often one may try, and how long one waits."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.accounts import throttle

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "oldest", "wait"),
    [
        (0, None, timedelta(0)),
        (4, NOW - timedelta(minutes=14), timedelta(0)),
        (5, NOW, timedelta(minutes=15)),
        (5, NOW - timedelta(minutes=14, seconds=30), timedelta(seconds=30)),
        (9, NOW - timedelta(minutes=10), timedelta(minutes=5)),
        (5, NOW - timedelta(minutes=15), timedelta(0)),
        (5, NOW - timedelta(minutes=20), timedelta(0)),
    ],
)
def test_the_wait_ends_when_the_oldest_failure_leaves_the_window(
    failures: int, oldest: datetime | None, wait: timedelta
) -> None:
    assert throttle.waiting_time(failures=failures, oldest=oldest, limit=5, now=NOW) == wait


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(seconds=1), "wait 1 minute,"),
        (timedelta(seconds=60), "wait 1 minute,"),
        (timedelta(seconds=61), "wait 2 minutes,"),
        (timedelta(minutes=15), "wait 15 minutes,"),
    ],
)
def test_the_sentence_counts_minutes_up(wait: timedelta, words: str) -> None:
    assert words in throttle.sentence(wait)


def test_the_header_counts_seconds_up() -> None:
    assert throttle.seconds(timedelta(seconds=12, milliseconds=1)) == 13


def test_what_is_counted_names_nobody() -> None:
    account, address = throttle.sign_in_subjects(" Ada@Example.org ", "192.0.2.7")
    assert (account.limit, address.limit) == (5, 30)
    for digest in (account.digest, address.digest):
        assert len(digest) == 64
        assert set(digest) <= set("0123456789abcdef")


def test_one_account_is_counted_however_its_name_is_typed() -> None:
    assert throttle.account_subject(" ADA ") == throttle.account_subject("ada")
    assert throttle.account_subject("ada") != throttle.account_subject("eve")


def test_signing_in_and_asking_for_a_reset_are_counted_apart() -> None:
    signing_in = throttle.sign_in_subjects("ada", "192.0.2.7")
    asking = throttle.reset_subjects("ada", "192.0.2.7")
    assert len({subject.digest for subject in (*signing_in, *asking)}) == 4
    assert [subject.limit for subject in asking] == [5, 30]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        (None, "", True),
        ("unknown", "192.0.2.7", False),
    ],
)
def test_an_address_is_a_visitor(one: str | None, other: str | None, same: bool) -> None:
    counted = [throttle.sign_in_subjects("ada", address)[1] for address in (one, other)]
    assert (counted[0] == counted[1]) is same
