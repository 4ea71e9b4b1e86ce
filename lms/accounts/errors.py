"""What can go wrong with an account; each error's text is a sentence for people (pure)."""

from lms.foundation.told import Told


class AccountError(Told):
    """The base of the errors of this room."""


class NameNotUsable(AccountError):
    """A person's name, an e-mail address or a user name that cannot be one."""


class NameTaken(AccountError):
    """The e-mail address or the user name already names an account."""

    def __init__(self) -> None:
        super().__init__("There is already an account with that e-mail address or user name.")


class PasswordNotSuitable(AccountError):
    """A password that breaks a rule; the text says which."""


class NoSuchPerson(AccountError):
    """No account has that id."""

    def __init__(self) -> None:
        super().__init__("There is no such account.")


class LinkOver(AccountError):
    """A link that is unknown, used, or too old."""

    def __init__(self) -> None:
        super().__init__("This link no longer works.")
