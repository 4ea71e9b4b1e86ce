"""A PostgreSQL server of our own for one test process: made, started, stopped, deleted."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "rounds"
# A busy machine may need long for what is right; what is wrong fails all the same.
START_SECONDS = 300


def find_binaries() -> Path | None:
    """The folder with initdb and postgres: $PG_BIN, or Debian's newest, or what is on the PATH."""
    candidates = [Path(os.environ["PG_BIN"])] if "PG_BIN" in os.environ else []
    candidates += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True
    )
    on_path = shutil.which("postgres")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """A running server's address up to the database's name, such as `postgresql+psycopg://…/%s?…`."""
    folder = Path(tempfile.mkdtemp(prefix="rounds-pg-"))
    # PostgreSQL refuses to run as root, so root hands it to nobody.
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else None
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    port = _free_port()

    def run(*command: str) -> None:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            cwd=folder,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            env={
                "PATH": os.environ["PATH"],
                "LC_ALL": "C.UTF-8",
                "HOME": str(folder),
                "PGCTLTIMEOUT": str(START_SECONDS),
            },
        )

    data = str(folder / "data")
    # The data is thrown away: nothing waits for the disk. When autovacuum passes is a matter of chance,
    # and it changes plans and where new rows are put.
    settings = (
        f"-k {folder} -p {port} -c listen_addresses= -c fsync=off -c full_page_writes=off"
        " -c synchronous_commit=off -c max_connections=120 -c autovacuum=off"
    )
    try:
        run(str(binaries / "initdb"), "-D", data, "-A", "trust", "-U", USER, "-E", "UTF8", "-N")
        run(
            str(binaries / "pg_ctl"), "-D", data, "-o", settings, "-l", f"{data}/log", "-w", "start"
        )
        try:
            yield f"postgresql+psycopg://{USER}@/%s?host={folder}&port={port}"
        finally:
            run(str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    """A number for the socket's name; the server listens on no network port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
