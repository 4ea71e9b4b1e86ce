"""Tokens, and the zones that are offered."""

from lms.accounts import tokens, zones
from lms.foundation.clock import is_zone


def test_no_token_comes_twice_and_all_have_one_length() -> None:
    made = {tokens.new_token() for _ in range(100)}
    assert len(made) == 100
    assert {len(token) for token in made} == {tokens.TOKEN_LENGTH}


def test_the_digest_does_not_show_the_token() -> None:
    token = tokens.new_token()
    assert token not in tokens.digest_of(token)
    assert tokens.digest_of(token) == tokens.digest_of(token)


def test_every_zone_on_offer_exists_once() -> None:
    assert [zone for zone in zones.COMMON if not is_zone(zone)] == []
    assert len(set(zones.COMMON)) == len(zones.COMMON)


def test_the_zone_in_use_is_always_on_offer() -> None:
    assert zones.offered("Europe/London") == zones.COMMON
    assert zones.offered("Asia/Kathmandu") == ("Asia/Kathmandu", *zones.COMMON)
    assert zones.label("America/Argentina/Buenos_Aires") == "America/Argentina/Buenos Aires"
