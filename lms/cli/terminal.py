"""Whoever sits at the terminal, as the record names them."""

import getpass

from lms.foundation.audit import Actor


def at_terminal() -> Actor:
    """The actor of a command: the machine's name for the one who runs it."""
    return Actor(f"{getpass.getuser()} (terminal)")
