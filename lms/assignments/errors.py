"""What can go wrong with assignments and obligations; each error's text is a sentence for people (pure)."""

MAX_REASON = 500


class AssignmentError(Exception):
    """The base of the errors of this room."""


class AudienceEmpty(AssignmentError):
    """The audience could never cover anybody."""

    def __init__(self) -> None:
        super().__init__("Choose everyone, or at least one group or person.")


class AlreadyAssigned(AssignmentError):
    """An assignment that is in force says the same: the button was pressed twice, or in two tabs."""

    def __init__(self, assignment_id: int) -> None:
        super().__init__("This is assigned already, to the same people and on the same terms.")
        self.assignment_id = assignment_id


class RuleChanged(AssignmentError):
    """Another rule is in force by now than the one that was to be changed."""

    def __init__(self) -> None:
        super().__init__("The rule was changed meanwhile. Nothing was saved.")


class AssignmentOver(AssignmentError):
    """The assignment has ended, and what has ended is not changed any more."""

    def __init__(self) -> None:
        super().__init__("This assignment has ended meanwhile. Nothing was changed.")


class ObligationOver(AssignmentError):
    """The obligation was met, waived or ended meanwhile."""

    def __init__(self) -> None:
        super().__init__("This has ended meanwhile. Nothing was changed.")


class ReasonMissing(AssignmentError):
    """What a person decides needs their reason."""

    def __init__(self) -> None:
        super().__init__("Say why: a surveyor will ask.")


class DayNotUsable(AssignmentError):
    """A day that cannot be meant."""


class OwnTraining(AssignmentError):
    """Nobody decides about what they owe themselves."""

    def __init__(self) -> None:
        super().__init__("Somebody else has to decide about your own training.")


class AlreadyExempt(AssignmentError):
    """The member is exempt from the assignment now."""

    def __init__(self) -> None:
        super().__init__("This person is exempt already.")


def checked_reason(text: str) -> str:
    """`text` with single spaces, no longer than is kept; raises ReasonMissing where nothing is left."""
    reason = " ".join(text.split())[:MAX_REASON]
    if not reason:
        raise ReasonMissing
    return reason
