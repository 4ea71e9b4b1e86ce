"""Where a server listens: at its address, or a sentence says why it cannot."""

import socket

from .told import Told


class NotFree(Told):
    """Nothing can listen at the address; the text is a sentence for whoever chose it."""


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens at the address.

    Raises NotFree where that is not possible, because something else listens there or because
    no such host is this machine's.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
        return listener
    # A name that cannot be written in the alphabet of addresses is an error of type to Python.
    except (OSError, TypeError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or "it cannot be used"
        raise NotFree(
            f"{host}:{port} is not free ({reason}): choose another host or port."
        ) from error


def address(host: str, port: int) -> str:
    """How a browser is told to go there; the host may be a number of IPv6."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
