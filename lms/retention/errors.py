"""What can go wrong with an erasure; each error's text is for people (pure)."""

from collections.abc import Sequence


class NotErasable(Exception):
    """Something keeps a person's data from being erased; `obstacles` are sentences that say what."""

    def __init__(self, obstacles: Sequence[str]) -> None:
        super().__init__(" ".join(obstacles))
        self.obstacles = tuple(obstacles)
