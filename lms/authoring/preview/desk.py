"""What is on the author's desk: the latest look, taken anew when a file has changed (pure)."""

import threading
from dataclasses import dataclass
from pathlib import Path

from .look import Look, look_at
from .watch import state_of


@dataclass(frozen=True, slots=True)
class Glance:
    """A look, and the state of the files that it was taken of."""

    state: str
    look: Look


class Desk:
    """The files at `root`. Several threads may look at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._turn = threading.Lock()
        self._latest: Glance | None = None

    def state(self) -> str:
        """The state of the files now, without reading them."""
        return state_of(self.root)

    def glance(self) -> Glance:
        """The files as they are now, read again only if any of them changed."""
        with self._turn:
            # The state comes first: what is saved while the files are read makes another one.
            state = self.state()
            if self._latest is None or self._latest.state != state:
                self._latest = Glance(state, look_at(self.root))
            return self._latest
