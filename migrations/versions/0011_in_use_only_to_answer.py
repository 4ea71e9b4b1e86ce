"""which accounts are in use only until their owners have answered what they are asked"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

RULE = "left_at IS NULL OR deactivated_at IS NULL"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # With its rule at once: else the table would be built anew, and its triggers with it.
        op.execute(
            f'ALTER TABLE "user" ADD COLUMN left_at DATETIME CONSTRAINT ck_user_left CHECK ({RULE})'
        )
    else:
        op.add_column("user", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        op.create_check_constraint(op.f("ck_user_left"), "user", RULE)
    # Whoever has left wherever they belonged and can sign in can do so to answer.
    op.execute(
        'UPDATE "user" SET left_at = (SELECT max(ended_at) FROM membership WHERE user_id = "user".id)'
        " WHERE deactivated_at IS NULL AND role = 'learner'"
        ' AND NOT EXISTS (SELECT 1 FROM membership WHERE user_id = "user".id AND ended_at IS NULL)'
        ' AND EXISTS (SELECT 1 FROM membership_request WHERE user_id = "user".id AND answered_at IS NULL)'
    )
