"""job titles, departments and sites are found whatever their case"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("job_title", "department", "site"):
        op.drop_index(f"ix_membership_{column}", table_name="membership")
        # By the text without its case, and of each the spellings in order: the first of them is offered.
        op.execute(
            f"CREATE INDEX rank_membership_{column} ON membership"
            f" (organization_id, lower({column}), {column}) WHERE ended_at IS NULL"
        )
