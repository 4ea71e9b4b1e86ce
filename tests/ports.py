"""Ports of this machine that are free, and that nobody else is given meanwhile."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


def hold_port() -> socket.socket:
    """A socket that keeps a port of 127.0.0.1 for whoever is told its number, until it is closed.

    It does not listen: connections are refused until a server does, which may go and come again. On
    Linux that server may take the port, and nothing that asks for just any port is given it.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    return holder


@contextmanager
def held_port() -> Iterator[int]:
    """The number of a port that is kept for as long as the block takes."""
    with hold_port() as holder:
        yield number_of(holder)


def number_of(holder: socket.socket) -> int:
    """The number of the port that the socket holds."""
    return int(holder.getsockname()[1])
