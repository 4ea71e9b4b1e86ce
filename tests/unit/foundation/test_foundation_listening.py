"""Where a server listens, and what is said where it cannot."""

import socket

import pytest

from lms.foundation.listening import NotFree, address, listening


def test_who_comes_to_the_address_is_heard() -> None:
    with listening("127.0.0.1", 0) as listener:
        with socket.create_connection(listener.getsockname()):
            heard, _who = listener.accept()
        heard.close()


def test_a_taken_port_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NotFree) as raised:
            listening("127.0.0.1", port)
    assert str(raised.value) == (
        f"127.0.0.1:{port} is not free (Address already in use): choose another host or port."
    )


@pytest.mark.parametrize(
    ("host", "port"), [("ä..b", 8000), ("192.0.2.1", 8000), ("2001:db8::1", 8000)]
)
def test_a_host_that_is_not_this_machines_is_a_sentence(host: str, port: int) -> None:
    with pytest.raises(NotFree, match="is not free"):
        listening(host, port)


def test_the_address_is_one_that_a_browser_reads() -> None:
    assert address("127.0.0.1", 8000) == "http://127.0.0.1:8000"
    assert address("::1", 8000) == "http://[::1]:8000"
