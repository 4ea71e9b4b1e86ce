"""due days of enrolments, and the organization in which an accommodation was granted"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The moment at which a day ends does not say which day it was: that takes the organization's zone.
    op.add_column("enrolment", sa.Column("due_on", sa.Date(), nullable=True))
    day = "date(due_at)" if op.get_bind().dialect.name == "sqlite" else "CAST(due_at AS DATE)"
    op.execute(
        "UPDATE enrolment SET due_on = COALESCE((SELECT min(obligation.due_on) FROM obligation"  # noqa: S608
        " WHERE obligation.enrolment_id = enrolment.id AND obligation.closed_at IS NULL),"
        " (SELECT max(obligation.due_on) FROM obligation"
        f" WHERE obligation.enrolment_id = enrolment.id), {day}) WHERE due_at IS NOT NULL"
    )
    # What another employer granted, and why, is not an employer's business.
    with op.batch_alter_table("accommodation") as batch_op:
        batch_op.add_column(
            sa.Column(
                "organization_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_accommodation_organization_id_organization"),
            "organization",
            ["organization_id"],
            ["id"],
        )
    op.execute(
        "UPDATE accommodation SET organization_id = COALESCE("
        "(SELECT min(theirs.organization_id) FROM membership AS theirs"
        " JOIN membership AS manages ON manages.organization_id = theirs.organization_id"
        " WHERE theirs.user_id = accommodation.user_id"
        " AND manages.user_id = accommodation.granted_by_id AND manages.role = 'manager'),"
        " (SELECT CASE WHEN count(*) = 1 THEN min(organization_id) END FROM membership"
        " WHERE user_id = accommodation.user_id))"
    )
