"""`lms preview` for tests: started and ended as an author does."""

import os
import signal
import subprocess
from pathlib import Path

from tests.live_server import END_SECONDS, LMS
from tests.ports import hold_port, number_of


class LivePreview:
    """`lms preview` of a path on a free port, without any settings. `said` is its first line."""

    def __init__(self, root: Path, *arguments: str) -> None:
        self._port = hold_port()
        self.port = number_of(self._port)
        self.address = f"http://127.0.0.1:{self.port}"
        environment = {name: value for name, value in os.environ.items() if name[:4] != "LMS_"}
        self._process = subprocess.Popen(
            [LMS, "preview", str(root), "--port", str(self.port), *arguments],
            # Whoever writes content may have no database, and a broken setting is not their concern.
            env=environment | {"LMS_DATABASE_URL": "none"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        self._output = self._process.stdout
        self.said = self._output.readline()

    def interrupt(self) -> tuple[int, str]:
        """End it with Ctrl-C; its exit code, and what it said after its first line."""
        self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(END_SECONDS), self._output.read()
        finally:
            self._process.kill()
            self._output.close()
            self._port.close()
