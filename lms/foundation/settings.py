"""Settings: one typed class, read from `LMS_*` environment variables.

A value that cannot be used, or a name that is not known, stops the start with a sentence that names it.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import parseaddr
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from .frontmatter import suggestion
from .told import Told

PREFIX = "LMS_"
# What is asked for here never leaves the machine.
THIS_MACHINE = frozenset({"localhost", "127.0.0.1"})
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


class SettingsError(Told):
    """The environment holds a setting that cannot be used; the text says which and what to do."""


class Settings(BaseModel):
    """Everything about an installation that is not content. Each field is `LMS_` and its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    env: Literal["development", "production"] = Field(
        default="development",
        description="`production` refuses to start with demo people or without a secret key",
    )
    instance_path: Path = Field(
        default=Path("instance"),
        description="Folder of the SQLite database, the development key and development mail",
    )
    database_url: str = Field(
        default="",
        description="`sqlite:///path` or `postgresql://user:password@host/name`; "
        "empty means `rounds.sqlite` in the instance folder",
    )
    secret_key: str = Field(
        default="",
        description="Signs cookies; 32 characters or more. Required in production; "
        "in development one is made and kept in the instance folder",
    )
    signing_key: Path | None = Field(
        default=None,
        description="File of the Ed25519 private key, in PEM form, that signs evidence packets. None are "
        "made without it in production; in development one is made and kept in the instance folder",
    )
    base_url: str = Field(
        default="http://127.0.0.1:8000",
        description="The address people reach the site at; links in mail and on certificates begin with it",
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=5,
        description="How many reverse proxies in front are to be believed about the visitor's address",
    )
    mail_from: str = Field(
        default="Rounds <rounds@localhost>", description="The sender of mail, as `Name <address>`"
    )
    smtp_host: str = Field(
        default="",
        description="Mail server; empty writes mail into `mail/` in the instance folder (development only)",
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection to the mail server is protected"
    )
    smtp_user: str = Field(
        default="", description="User name at the mail server, where it asks for one"
    )
    smtp_password: str = Field(default="", description="Password at the mail server")
    demo_password: str = Field(
        default="",
        description="Password of the demo people; empty makes a random one and prints it once",
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value:
            return value
        try:
            url = make_url(value)
        # A port that is no number may be part of a password: the message must not repeat it.
        except (ArgumentError, ValueError):
            raise ValueError(
                "it is not a database address such as sqlite:///rounds.sqlite"
            ) from None
        kind = url.get_backend_name()
        if kind not in DRIVERS:
            raise ValueError("use a sqlite:// or a postgresql:// address")
        if kind == "sqlite" and url.database in (None, "", ":memory:"):
            raise ValueError("it must name a file, such as sqlite:///rounds.sqlite")
        return url.set(drivername=DRIVERS[kind]).render_as_string(hide_password=False)

    @field_validator("base_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            is_usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            is_usable = False
        if not is_usable or "?" in value or "#" in value:
            raise ValueError("it must be an address such as https://learn.example.org")
        return value.rstrip("/")

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        if "@" not in parseaddr(value)[1] or not value.isprintable():
            raise ValueError("it must be an address such as Rounds <rounds@example.org>")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_key(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("it must be 32 characters or longer")
        return value

    @model_validator(mode="after")
    def _complete_for_production(self) -> Self:
        if self.env != "production":
            return self
        missing = [
            name
            for name, value in (
                ("LMS_SECRET_KEY", self.secret_key),
                ("LMS_BASE_URL", "base_url" in self.model_fields_set),
                ("LMS_SMTP_HOST", self.smtp_host),
            )
            if not value
        ]
        if missing:
            raise ValueError(f"production needs {', '.join(missing)}: set it")
        if not self.uses_https and urlsplit(self.base_url).hostname not in THIS_MACHINE:
            raise ValueError(
                "production needs an https:// address in LMS_BASE_URL: over http, passwords and the"
                " cookies that sign people in can be read on the way"
            )
        if self.demo_password:
            raise ValueError("production has no demo people: unset LMS_DEMO_PASSWORD")
        return self

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @property
    def database(self) -> str:
        """The database's address, with the default filled in."""
        if self.database_url:
            return self.database_url
        file = (self.instance_path / "rounds.sqlite").resolve()
        return URL.create("sqlite", database=str(file)).render_as_string()

    @property
    def uses_https(self) -> bool:
        return self.base_url.startswith("https://")

    def cookie_key(self) -> str:
        """The secret key; in development, one made at first use and kept in the instance folder."""
        if self.secret_key:
            return self.secret_key
        return kept_key(self.instance_path / "secret-key", lambda: secrets.token_hex(32))


def kept_key(file: Path, make: Callable[[], str]) -> str:
    """The key in `file`; a new one where there is none, for its owner's eyes only.

    The processes of a server start at the same moment: each must read the same, whole key.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=file.parent, prefix=f"{file.name}-") as draft:
            draft.write(make())
            draft.flush()
            # Another process was faster.
            with suppress(FileExistsError):
                os.link(draft.name, file)
    return file.read_text(encoding="ascii")


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from an environment.

    Raises SettingsError, with one sentence for each fault, when a value or a name is wrong.
    """
    values: dict[str, str] = {}
    faults: list[str] = []
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for variable, value in environment.items():
        if not variable.startswith(PREFIX):
            continue
        if variable not in known:
            faults.append(f"{variable} is not a setting{suggestion(variable, known)}")
        elif value:
            values[variable.removeprefix(PREFIX).lower()] = value
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        faults += [_explain(item) for item in error.errors()]
    else:
        if not faults:
            return settings
    raise SettingsError("\n".join(faults))


def _explain(error: Any) -> str:
    name = PREFIX + str(error["loc"][0]).upper() if error["loc"] else "LMS_ENV"
    reason = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {reason.replace('Input should be', 'it should be')}"
