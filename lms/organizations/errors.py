"""What can go wrong with a membership; each error's text is a sentence for people (pure)."""


class OrganizationError(Exception):
    """The base of the errors of this room."""


class AlreadyMember(OrganizationError):
    """The person belongs to the organization now."""

    def __init__(self) -> None:
        super().__init__("This person already belongs to the organization.")


class LinkNotAllowed(OrganizationError):
    """Whoever manages the organization may not make a link to this account."""

    def __init__(self) -> None:
        super().__init__(
            "You cannot make a sign-in link for this account. The person can ask for one on the"
            " sign-in page, or an administrator can help."
        )
