"""`lms preview`: a server of its own that needs no settings, and ends when it is told to."""

import socket
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

from tests.cli.command import fails, run_process, run_with
from tests.live_preview import LivePreview


def ask(preview: LivePreview, host: str, path: str = "/") -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", preview.port, timeout=30)) as connection:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_it_serves_a_folder_and_ends_quietly_at_ctrl_c(content: str) -> None:
    preview = LivePreview(Path(content))
    assert preview.said == f"Preview of {content}: {preview.address} (Ctrl-C ends it)\n"
    status, page = ask(preview, f"127.0.0.1:{preview.port}")
    assert (status, "Privacy at work" in page) == (200, True)
    assert ask(preview, "localhost", "/changes")[0] == 200
    assert ask(preview, "evil.example")[0] == 403
    # A browser that waits, or keeps its line open, does not keep it from ending.
    with socket.create_connection(("127.0.0.1", preview.port)):
        assert preview.interrupt() == (0, "")


def test_it_ends_quietly_however_early_it_is_told(content: str) -> None:
    assert LivePreview(Path(content)).interrupt() == (0, "")


def test_open_to_others_it_says_so_and_answers_them(content: str) -> None:
    preview = LivePreview(Path(content), "--host", "0.0.0.0")  # noqa: S104
    status, _page = ask(preview, "desk.example")
    assert preview.interrupt() == (0, "Everyone who can reach this machine can read it.\n")
    assert status == 200


def test_a_taken_port_is_a_sentence(content: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run_process("preview", content, "--port", port)
    assert done.returncode == 1
    assert done.stdout == (
        f"Error: 127.0.0.1:{port} is not free (Address already in use): choose another host or port.\n"
    )


def test_an_address_of_another_machine_is_a_sentence(content: str) -> None:
    fails(run_with({})("preview", content, "--host", "192.0.2.1"), "192.0.2.1:8001 is not free")
    fails(run_with({})("preview", content, "--host", "ä..b"), "it cannot be used")


def test_a_path_where_nothing_is_is_a_sentence(tmp_path: Path) -> None:
    fails(run_with({})("preview", str(tmp_path / "nowhere")), "There is nothing at", "nowhere")
