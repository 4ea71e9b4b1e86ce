"""Where signing in may lead: nowhere but to a page of this site."""

import pytest

from lms.accounts.destination import local_path


@pytest.mark.parametrize(
    "text",
    [
        "/",
        "/courses",
        "/courses/first-week?page=2&q=a%20b#top",
        "/courses/zürich",
        "/a:b",
        "/go?to=https://example.org//x",
        "/./courses",
    ],
)
def test_a_path_is_followed(text: str) -> None:
    assert local_path(text) == text


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "courses",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\evil.example",
        "\\\\evil.example",
        "/courses\\..\\x",
        "https:evil.example",
        "https://evil.example",
        "HTTPS://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "\r\n//evil.example",
        " //evil.example",
        "/courses\r\nSet-Cookie: a=b",
        "/\x00courses",
        "/\u2028/evil.example",
        "?next=/",
        "/" + "a" * 1000,
    ],
)
def test_nothing_else_is(text: str | None) -> None:
    assert local_path(text) is None
