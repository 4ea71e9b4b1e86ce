"""what a page ranks is in order"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OWED = "open + due + overdue + met + waived"


def upgrade() -> None:
    # Whom to nudge: those who have been overdue for longest, of these whoever has most of it. With the
    # count in the other direction, all who are overdue since the first day had to be sorted.
    op.drop_index("ix_kept_member_overdue", table_name="kept_member")
    op.execute(
        "CREATE INDEX rank_kept_member ON kept_member"
        " (organization_id, overdue_since, overdue DESC, membership_id) WHERE overdue > 0"
    )
    # The teams that are furthest behind, of those that owe anything.
    share = f"CASE WHEN {OWED} > 0 THEN CAST(overdue AS FLOAT) / ({OWED}) ELSE 0.0 END"
    op.execute(
        "CREATE INDEX rank_kept_figures ON kept_figures"
        f' (organization_id, kind, ({share}) DESC, "key") WHERE {OWED} + expired > 0'
    )
