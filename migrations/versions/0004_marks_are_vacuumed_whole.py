"""marks are vacuumed whole"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # Marks come by the thousand and are all taken away again. PostgreSQL saves itself the work of
        # cleaning an index while few pages of its table have dead rows, and every page about compliance
        # then reads what is left of the index, to find nothing.
        op.execute("ALTER TABLE standing_mark SET (vacuum_index_cleanup = on)")
