"""Errors that are meant for whoever asked: their text says what is wrong and what to do (pure)."""


class Told(Exception):
    """The base of errors whose text is a sentence for people; the `lms` command prints it as it is."""
