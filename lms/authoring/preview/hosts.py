"""Which names stand for this machine (pure).

A page from elsewhere can have its own name lead to 127.0.0.1 and then read what is served there as if it
were its own (DNS rebinding). The `Host` header still has that page's name, and gives it away.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, is this machine and no other can reach it."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def names_loopback(header: str) -> bool:
    """Whether a `Host` header, such as `localhost:8001` or `[::1]`, names this machine."""
    try:
        return is_loopback(urlsplit(f"//{header}").hostname or "")
    except ValueError:
        return False
