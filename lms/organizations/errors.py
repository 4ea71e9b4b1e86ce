"""What can go wrong with a membership; each error's text is a sentence for people (pure)."""

from lms.foundation.told import Told


class OrganizationError(Told):
    """The base of the errors of this room."""


class AlreadyMember(OrganizationError):
    """The person belongs to the organization now."""

    def __init__(self) -> None:
        super().__init__("This person already belongs to the organization.")


class WasErased(OrganizationError):
    """The data of whoever is to come back was erased."""

    def __init__(self) -> None:
        super().__init__("Their data was erased. Let them in as somebody new.")


class AlreadyAsked(OrganizationError):
    """The person was asked the same a moment ago."""

    def __init__(self) -> None:
        super().__init__("This person is asked already, and has not answered.")


class RequestChanged(OrganizationError):
    """A request says something else by now than whoever answers it was shown."""

    def __init__(self) -> None:
        super().__init__(
            "What you are asked has changed since you looked, so you do not belong there yet. Below is"
            " what you are asked now."
        )


class NotAMember(OrganizationError):
    """Nobody who belongs to the organization is named so."""

    def __init__(self, *names: str) -> None:
        told = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
        super().__init__(f"Nobody in this organization has the number or sign-in name {told}.")


class TextNotUsable(OrganizationError):
    """A title, department, site or number that breaks a rule; the text says which."""


class NumberTaken(OrganizationError):
    """The employee number is that of another person of the organization, here or gone."""

    def __init__(self) -> None:
        super().__init__("This employee number belongs to someone else, who may have left.")


class TeamNameTaken(OrganizationError):
    """The organization has a team of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a team called {name} already.")


class LeaveOverlaps(OrganizationError):
    """The member is away on one of the days already."""

    def __init__(self) -> None:
        super().__init__("They are on leave already on one of these days.")


class SlugNotUsable(OrganizationError):
    """An organization's code that cannot be one."""

    def __init__(self) -> None:
        super().__init__(
            "The code has 2 to 40 characters: small letters a to z, digits, and dashes between them."
        )


class SlugTaken(OrganizationError):
    """Another organization has that code."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is an organization with the code {slug} already.")


class NoSuchOrganization(OrganizationError):
    """No organization has that code."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no organization with the code {slug}.")


class UnknownZone(OrganizationError):
    """A time zone that this machine does not know."""

    def __init__(self, zone: str) -> None:
        super().__init__(f"There is no time zone {zone}. One looks like America/New_York.")


class LinkNotAllowed(OrganizationError):
    """Whoever manages the organization may not make a link to this account."""

    def __init__(self) -> None:
        super().__init__(
            "You cannot make a sign-in link for this account. The person can ask for one on the"
            " sign-in page, or an administrator can help."
        )
