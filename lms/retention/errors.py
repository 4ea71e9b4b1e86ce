"""What can go wrong with holds and erasures (pure)."""

from collections.abc import Sequence


class HeldAlready(Exception):
    """The same hold is in force: the button was pressed twice, or in two tabs."""


class NotErasable(Exception):
    """Something keeps a person's data from being erased; `obstacles` are sentences for people that say what."""

    def __init__(self, obstacles: Sequence[str]) -> None:
        super().__init__(" ".join(obstacles))
        self.obstacles = tuple(obstacles)
