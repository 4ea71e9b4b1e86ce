"""Visitors on plain sockets: cheap enough not to be what is measured."""

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Thread
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's status, its Location ("" without one), its body, and how long it took in seconds."""

    status: int
    location: str
    body: bytes
    seconds: float


class Visitor:
    """One signed-in browser on one kept-alive connection."""

    def __init__(self, port: int, cookie: str, csrf_token: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: rounds={cookie}\r\n".encode()
        self._csrf_token = csrf_token
        self._rest = b""

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._exchange(b"GET " + path.encode() + self._head + b"\r\n")

    def post(self, path: str, values: dict[str, str]) -> Answer:
        """Send a form."""
        body = urlencode(values | {"csrf_token": self._csrf_token}).encode()
        return self._exchange(
            b"POST "
            + path.encode()
            + self._head
            + b"Content-Type: application/x-www-form-urlencoded\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )

    def _exchange(self, request: bytes) -> Answer:
        begun = time.perf_counter()
        self._socket.sendall(request)
        data = self._rest
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._receive()
        head = data[:end].lower()
        length = int(_header(head, b"content-length") or 0)
        pieces = [data[end + 4 :]]
        size = len(pieces[0])
        while size < length:
            pieces.append(self._receive())
            size += len(pieces[-1])
        body = b"".join(pieces)
        self._rest = body[length:]
        return Answer(
            status=int(head[9:12]),
            location=_header(data[:end], b"location"),
            body=body[:length],
            seconds=time.perf_counter() - begun,
        )

    def _receive(self) -> bytes:
        piece = self._socket.recv(262144)
        if not piece:
            raise ConnectionError("the server closed the connection")
        return piece

    def close(self) -> None:
        self._socket.close()


def _header(head: bytes, name: bytes) -> str:
    start = head.lower().find(b"\r\n" + name + b":")
    if start < 0:
        return ""
    line = head[start + len(name) + 3 :]
    return line.split(b"\r\n", 1)[0].strip().decode()


def together(visitors: Sequence[Visitor], work: Callable[[Visitor], list[float]]) -> list[float]:
    """Let every visitor do `work` at the same time; the seconds that they report, all in one list."""
    times: list[float] = []
    threads = [Thread(target=lambda v=visitor: times.extend(work(v))) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times
