"""the past is counted by the dates of then"""

from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is kept of past months was counted by the due dates of the day on which it was counted. Where
    # no day is kept, pages count everything themselves until a worker has counted everybody anew.
    op.execute("DELETE FROM kept_standing")
