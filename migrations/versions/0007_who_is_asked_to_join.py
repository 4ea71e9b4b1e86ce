"""who is asked to join"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Whoever belongs to an organization by now stays in it: they are asked from now on.
    op.create_table(
        "membership_request",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("organization_id", IDENTIFIER, nullable=False),
        sa.Column("user_id", IDENTIFIER, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("employee_number", sa.String(length=50), nullable=True),
        sa.Column("job_title", sa.String(length=200), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("hired_on", sa.Date(), nullable=True),
        sa.Column("manager_number", sa.String(length=50), nullable=True),
        sa.Column("teams", sa.JSON(), nullable=True),
        sa.Column("requested_by_id", IDENTIFIER, nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("letter_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "answer IN ('accepted', 'declined', 'withdrawn')",
            name=op.f("ck_membership_request_answer"),
        ),
        sa.CheckConstraint(
            "employee_number <> ''", name=op.f("ck_membership_request_employee_number")
        ),
        sa.CheckConstraint(
            "role IN ('member', 'manager')", name=op.f("ck_membership_request_role")
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_membership_request_answered")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_membership_request_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"],
            ["user.id"],
            name=op.f("fk_membership_request_requested_by_id_user"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_membership_request_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_request")),
    )
    with op.batch_alter_table("membership_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_membership_request_organization_id_user_id"),
            ["organization_id", "user_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_membership_request_user_id"), ["user_id"], unique=False
        )
        batch_op.create_index(
            "uq_membership_request_waiting",
            ["organization_id", "user_id"],
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )
