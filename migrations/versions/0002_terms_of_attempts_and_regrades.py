"""Terms of attempts and regrades"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accommodation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("module_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "extra_time", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "extra_attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "granted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "withdrawn_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_accommodation_reason")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_accommodation_withdrawn_by_somebody"),
        ),
        sa.CheckConstraint(
            "extra_attempts = 0 OR module_id IS NOT NULL",
            name=op.f("ck_accommodation_attempts_at_a_quiz"),
        ),
        sa.CheckConstraint(
            "extra_attempts BETWEEN 0 AND 20", name=op.f("ck_accommodation_extra_attempts")
        ),
        sa.CheckConstraint(
            "extra_time > 0 OR extra_attempts > 0", name=op.f("ck_accommodation_grants_something")
        ),
        sa.CheckConstraint(
            "extra_time BETWEEN 0 AND 300", name=op.f("ck_accommodation_extra_time")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["user.id"], name=op.f("fk_accommodation_granted_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["module_id"], ["module.id"], name=op.f("fk_accommodation_module_id_module")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_accommodation_user_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["user.id"], name=op.f("fk_accommodation_withdrawn_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodation")),
    )
    with op.batch_alter_table("accommodation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accommodation_user_id"), ["user_id"], unique=False)

    op.create_table(
        "regrade",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "module_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "module_revision_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("policy", sa.String(length=20), nullable=False),
        sa.Column("question_ids", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "policy IN ('full-credit', 'either-key', 'new-key', 'original-key')",
            name=op.f("ck_regrade_policy"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_regrade_reason")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_regrade_decided_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["module_id"], ["module.id"], name=op.f("fk_regrade_module_id_module")
        ),
        sa.ForeignKeyConstraint(
            ["module_revision_id"],
            ["module_revision.id"],
            name=op.f("fk_regrade_module_revision_id_module_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade")),
    )
    with op.batch_alter_table("regrade", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_regrade_module_id"), ["module_id"], unique=False)

    # The check comes with its column: both databases take it so, and SQLite need not copy the table.
    moment = sa.DateTime(timezone=True).compile(op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE attempt ADD COLUMN closes_at {moment}"
        " CONSTRAINT ck_attempt_closes_later CHECK (closes_at > started_at)"
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("timed_out", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_index(batch_op.f("ix_attempt_module_id"), ["module_id"], unique=False)
        batch_op.create_index(
            "ix_attempt_closing",
            ["closes_at"],
            unique=False,
            sqlite_where=sa.text("submitted_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NULL"),
        )

    # SQLite copies the table for a foreign key, and has to be told the checks that it is to keep.
    checks = (sa.CheckConstraint("number > 0", name=op.f("ck_grade_number")),)
    with op.batch_alter_table("grade", schema=None, table_args=checks) as batch_op:
        batch_op.add_column(
            sa.Column(
                "regrade_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_grade_regrade_id_regrade"), "regrade", ["regrade_id"], ["id"]
        )

    with op.batch_alter_table("module_pass", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("replaces_earlier", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
