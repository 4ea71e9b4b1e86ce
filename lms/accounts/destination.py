"""Where to go after signing in: only to a page of this site (pure)."""

from urllib.parse import urlsplit

MAX_LENGTH = 1000


def local_path(text: str | None) -> str | None:
    """`text` if a browser would stay on this site when sent there, else None.

    Browsers read a backslash as a slash and drop tabs and line ends, so that `/\\evil.example` and
    `/<tab>/evil.example` lead elsewhere: neither character is let through.
    """
    if not text or len(text) > MAX_LENGTH or not text.isprintable() or "\\" in text:
        return None
    if not text.startswith("/") or text.startswith("//"):
        return None
    parts = urlsplit(text)
    return None if parts.scheme or parts.netloc else text
