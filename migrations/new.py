"""Write the next migration: `python migrations/new.py "add due date"` makes `0002_add_due_date.py`.

A database in memory is brought to the newest migration; what the models have and it has not becomes
the new file, which ruff formats. `make migration NAME="add due date"` runs it.
"""

import re
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

FOLDER = Path(__file__).resolve().parent


def write(name: str) -> Path:
    """Write the migration called `name` into `versions/`, numbered after the newest; its file."""
    config = Config(toml_file=FOLDER.parent / "pyproject.toml")
    scripts = ScriptDirectory.from_config(config)
    number = int(scripts.get_current_head() or 0) + 1
    with create_engine("sqlite://").connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        command.revision(config, name, autogenerate=True, rev_id=f"{number:04}")
    return next((FOLDER / "versions").glob(f"{number:04}_*.py"))


def main() -> None:
    """Write one and say what is left to do by hand."""
    name = " ".join(sys.argv[1:]).strip()
    if not re.search("[a-z]", name):
        sys.exit('Say what the migration does: make migration NAME="add due date"')
    (FOLDER / "versions").mkdir(exist_ok=True)
    file = write(name)
    print(
        f"{file.name} holds what the models and the migrations disagree on. Read it: the comparison"
        " sees no CHECK constraint, takes a renamed column for two, and rows that are there already"
        " may need values. Then run pytest tests/test_migrations.py."
    )


if __name__ == "__main__":
    main()
