"""The real server for tests: started as people start it, killed as machines kill it."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

from tests.ports import hold_port, number_of

LMS = str(Path(sys.executable).with_name("lms"))
# A busy machine may need long for what is right; what is wrong fails all the same.
START_SECONDS = 300
END_SECONDS = 120


class LiveServer:
    """`lms serve` on a free port, over a database and settings of its own.

    It has so many worker processes, of which each takes seconds to start.
    """

    def __init__(self, folder: Path, database_url: str, *, workers: int = 1) -> None:
        self._workers = str(workers)
        # A server that is killed finds its port free when it comes back.
        self._port = hold_port()
        self.port = number_of(self._port)
        self.address = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("LMS_")
        } | {
            "LMS_INSTANCE_PATH": str(folder),
            "LMS_DATABASE_URL": database_url,
            "LMS_BASE_URL": self.address,
        }
        self._log = (folder / "server.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str, typed: str = "", **settings: str) -> str:
        """Run an `lms` command with the server's settings, `typed` into it; its output."""
        done = subprocess.run(
            [LMS, *arguments],
            env=self.environment | settings,
            input=typed,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(
            [LMS, "serve", "--port", str(self.port), "--workers", self._workers],
            env=self.environment,
            stdout=self._log,
            stderr=self._log,
            # A process group of its own, so that a kill reaches its workers too.
            start_new_session=True,
        )
        for _ in range(START_SECONDS * 10):
            try:
                with closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
                    connection.request("GET", "/sign-in")
                    if connection.getresponse().status == 200:
                        return
            except OSError:
                assert self._process.poll() is None, "the server ended while it was starting"
                try:
                    self._process.wait(0.1)
                except subprocess.TimeoutExpired:
                    continue
        raise AssertionError("the server did not answer in time")

    def kill(self) -> None:
        """End every process of it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)
        self._log.close()
        self._port.close()

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, how)
            self._process.wait(END_SECONDS)
