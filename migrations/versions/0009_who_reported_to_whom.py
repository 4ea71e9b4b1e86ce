"""who reported to whom, whose every position is, and rosters that are put away"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("position", sa.Column("organization_id", IDENTIFIER, nullable=True))
    op.execute(
        "UPDATE position SET organization_id = (SELECT membership.organization_id FROM membership"
        " WHERE membership.id = position.membership_id)"
    )
    with op.batch_alter_table("position") as batch_op:
        batch_op.alter_column("organization_id", existing_type=IDENTIFIER, nullable=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_position_organization_id_organization"),
            "organization",
            ["organization_id"],
            ["id"],
        )
        batch_op.add_column(sa.Column("manager_id", IDENTIFIER, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_position_manager_id_membership"), "membership", ["manager_id"], ["id"]
        )
        for column in ("job_title", "department", "site"):
            batch_op.create_index(f"ix_position_{column}", ["organization_id", column])
    if op.get_bind().dialect.name == "postgresql":
        # SQLite builds the table anew, without its checks.
        op.drop_constraint(op.f("ck_roster_import_state"), "roster_import", type_="check")
    with op.batch_alter_table("roster_import") as batch_op:
        batch_op.add_column(sa.Column("touched_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_roster_import_state"),
            "state IN ('uploaded', 'checking', 'checked', 'applying', 'applied', 'failed', 'put_away')",
        )
    # What is known is whom those who are here report to now; whom anybody did before was not kept.
    op.execute(
        "UPDATE position SET manager_id = (SELECT membership.manager_id FROM membership"
        " WHERE membership.id = position.membership_id)"
        " WHERE id IN (SELECT (SELECT one.id FROM position AS one"
        " WHERE one.membership_id = membership.id ORDER BY one.starts_at DESC, one.id DESC LIMIT 1)"
        " FROM membership WHERE ended_at IS NULL AND manager_id IS NOT NULL)"
    )
