"""Alembic's entry: runs the migrations on the connection that the `lms` command hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator, false

import lms.accounts.models
import lms.assignments.models
import lms.certificates.models
import lms.courses.models
import lms.foundation.audit
import lms.foundation.jobs
import lms.organizations.models
import lms.quizzes.models
import lms.reports.models
import lms.retention.models  # noqa: F401 - Importing the rooms' models fills the metadata.
from lms.foundation.base import metadata
from lms.foundation.migrations import is_compared


def plain(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write what a migration needs with SQLAlchemy's own names: the product's types may move."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    if kind == "server_default" and getattr(item, "arg", None).__class__ is false().__class__:
        return "sa.false()"
    return False


def run() -> None:
    """Run inside the given connection, as one transaction where the database allows it."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        render_item=plain,
        compare_type=True,
        compare_server_default=True,
        include_name=is_compared,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
