"""What went wrong with a membership is said in a sentence that names it."""

import pytest

from lms.organizations import errors


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.AlreadyMember(), "already belongs"),
        (errors.WasErased(), "as somebody new"),
        (errors.NotAMember("1001"), "sign-in name 1001."),
        (errors.NotAMember(*map(str, range(10))), "7, 8, 9."),
        (errors.NotAMember(*map(str, range(11))), "8, 9 …."),
        (errors.NumberTaken(), "employee number belongs to someone else"),
        (errors.TeamNameTaken("Night"), "a team called Night already"),
        (errors.LeaveOverlaps(), "on leave already"),
        (errors.AlreadyAsked(), "asked already"),
        (errors.RequestChanged(), "what you are asked now"),
        (errors.SlugNotUsable(), "2 to 40 characters"),
        (errors.SlugTaken("riverside"), "code riverside already"),
        (errors.NoSuchOrganization("riverside"), "no organization with the code riverside"),
        (errors.UnknownZone("Mars/Base"), "no time zone Mars/Base"),
        (errors.LinkNotAllowed(), "cannot make a sign-in link"),
    ],
)
def test_an_error_is_a_sentence(error: errors.OrganizationError, words: str) -> None:
    assert words in str(error)
    assert str(error).endswith((".", "…"))
