"""the past is counted by the dates of then, and what follows a waiver is known"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RULE = "cycle > 1 OR NOT after_waiver"
COLUMNS = ("organization_id", "assignment_id", "closed_how", "due_on", "opens_on", "after_waiver")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # With its rule at once: else the table would be built anew, and its triggers with it.
        op.execute(
            "ALTER TABLE obligation ADD COLUMN after_waiver BOOLEAN DEFAULT 0 NOT NULL"
            f" CONSTRAINT ck_obligation_after_waiver CHECK ({RULE})"
        )
    else:
        op.add_column(
            "obligation",
            sa.Column("after_waiver", sa.Boolean(), server_default=sa.false(), nullable=False),
        )
        op.create_check_constraint(op.f("ck_obligation_after_waiver"), "obligation", RULE)
    # What an obligation renews is the last time before it that was met or waived.
    op.execute(
        "UPDATE obligation SET after_waiver = true WHERE 'waived' = (SELECT closed_how"
        " FROM obligation AS earlier WHERE earlier.assignment_id = obligation.assignment_id"
        " AND earlier.user_id = obligation.user_id AND earlier.cycle < obligation.cycle"
        " AND earlier.closed_how IN ('met', 'waived') ORDER BY earlier.cycle DESC LIMIT 1)"
    )
    op.drop_index("ix_obligation_standing", table_name="obligation")
    op.create_index(
        "ix_obligation_standing",
        "obligation",
        [*COLUMNS, "membership_id"],
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    # What is kept was counted by the due dates of the day on which it was counted, and without what
    # follows a waiver. Where no day is kept, pages count everything themselves until a worker has
    # counted everybody anew.
    op.execute("DELETE FROM kept_standing")
