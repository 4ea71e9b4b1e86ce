"""Filling in a page's form as a browser without scripts does."""

import re
from collections.abc import Sequence
from html import unescape
from html.parser import HTMLParser

from werkzeug.test import TestResponse


def text_of(page: TestResponse) -> str:
    """The page's HTML with its entities resolved."""
    return unescape(page.get_data(as_text=True)).replace("\xa0", " ")


def words_of(page: TestResponse) -> str:
    """What the page says: its text without tags, every white space as one space."""
    return (
        " ".join(re.sub(r"<[^>]*>", " ", text_of(page)).split())
        .replace(" .", ".")
        .replace(" ,", ",")
        .replace(" :", ":")
    )


class Form(HTMLParser):
    """The fields of the page's form with this id, holding what the page put into them.

    `offered` has what can be ticked, or chosen in lists, by the field's name.
    """

    def __init__(self, page: TestResponse, form_id: str = "attempt-form") -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.offered: dict[str, list[str]] = {}
        self.buttons: list[str] = []
        self.action = ""
        self._form_id, self._inside = form_id, False
        # The list or the text area that is open, and what it holds so far.
        self._name, self._held = "", ""
        self.feed(page.get_data(as_text=True))
        assert self.action

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and values.get("id") == self._form_id:
            self._inside, self.action = True, values["action"]
        elif self._inside and tag == "button":
            self.buttons.append(values.get("value", ""))
        elif self._inside and tag == "input":
            self._add(values)
        elif self._inside and tag in ("select", "textarea"):
            self._name, self._held = values["name"], ""
        elif self._inside and tag == "option":
            self.offered.setdefault(self._name, []).append(values["value"])
            if "selected" in values:
                self._held = values["value"]

    def handle_data(self, data: str) -> None:
        if self._name and self.lasttag == "textarea":
            self._held += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"
        if self._name and tag in ("select", "textarea"):
            # A browser leaves out the line break that may follow the opening tag.
            held = self._held.removeprefix("\n") if tag == "textarea" else self._held
            self.fields.setdefault(self._name, []).append(held)
            self._name = ""

    def _add(self, values: dict[str, str]) -> None:
        name, value = values["name"], values.get("value", "")
        can_be_unticked = values.get("type") in ("radio", "checkbox")
        if can_be_unticked:
            self.offered.setdefault(name, []).append(value)
        if not can_be_unticked or "checked" in values:
            self.fields.setdefault(name, []).append(value)

    def answer(self, question: str, *values: str) -> None:
        """Give this answer to a question."""
        self.fields[f"answer-{question}"] = list(values)

    def sent(self, button: str) -> dict[str, list[str]]:
        """What the browser sends when this button is pressed."""
        assert button in self.buttons
        return self.fields | {"action": [button]}
