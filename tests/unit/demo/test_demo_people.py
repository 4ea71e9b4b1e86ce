"""Who is who in the demo: what its history takes for granted."""

from lms.demo.people import ASKED, COLLEAGUES, EVERYBODY, FOUNDED, PEOPLE, TEAMS


def test_everybody_is_told_apart() -> None:
    for key in ("number", "name"):
        assert len({getattr(person, key) for person in (*EVERYBODY, ASKED)}) == len(EVERYBODY) + 1
    emails = [person.email for person in (*EVERYBODY, ASKED) if person.email]
    assert len(set(emails)) == len(emails)


def test_whoever_signs_in_has_an_address_and_says_as_what() -> None:
    for person in PEOPLE:
        assert person.email
        assert person.role_word
    assert not any(person.role_word for person in COLLEAGUES)


def test_nobody_does_anything_before_they_come() -> None:
    for person in EVERYBODY:
        assert all(day < person.hired < FOUNDED for day in person.completed or (0,))
        assert person.team is None or person.team in TEAMS
