"""Security headers on every answer: nothing inline, nothing from elsewhere, no framing."""

from flask import Flask, Response

from . import web

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        # Bootstrap's stylesheet draws its arrows and ticks from data: pictures.
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)

ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
UNLESS_SAID_OTHERWISE = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    # Pages show one person's record: no cache may keep them, unless a view says otherwise.
    ("Cache-Control", "no-store"),
)

PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For a picture: one that is opened by itself must not run anything."""


def install(app: Flask) -> None:
    """Add the headers to every answer of `app`."""
    uses_https = web.settings_of(app).uses_https

    @app.after_request
    def add_headers(response: Response) -> Response:
        if uses_https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return protect(response)


def protect(response: Response) -> Response:
    """Add the headers that every answer has, whatever application gives it."""
    headers = response.headers
    headers.extend(ALWAYS)
    for name, value in UNLESS_SAID_OTHERWISE:
        if name not in headers:
            headers.add(name, value)
    return response
