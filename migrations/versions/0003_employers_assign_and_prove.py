"""employers assign and prove"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", IDENTIFIER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("organization_id", IDENTIFIER, nullable=True),
        sa.Column("actor_id", IDENTIFIER, nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", IDENTIFIER, nullable=True),
        sa.Column("subject_name", sa.String(length=200), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_audit_entry_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("digest", name=op.f("uq_audit_entry_digest")),
        sa.UniqueConstraint("previous_digest", name=op.f("uq_audit_entry_previous_digest")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_entry_organization_id_number"),
            ["organization_id", "number"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_audit_entry_subject_kind_subject_id"),
            ["subject_kind", "subject_id"],
            unique=False,
        )

    op.create_table(
        "audit_head",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("number", IDENTIFIER, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "job",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("run_at", MOMENT, nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("tries", IDENTIFIER, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.CheckConstraint("done_at IS NULL OR failed_at IS NULL", name=op.f("ck_job_one_end")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_job_tries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(
            "ix_job_waiting",
            ["run_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
        )

    op.create_table(
        "assignment",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("organization_id", IDENTIFIER, nullable=False),
        sa.Column("course_id", IDENTIFIER, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", IDENTIFIER, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by_id", IDENTIFIER, nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)",
            name=op.f("ck_assignment_ended_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_assignment_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_assignment_created_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["user.id"], name=op.f("fk_assignment_ended_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_assignment_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_course_id"), ["course_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_assignment_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "erasure",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("user_id", IDENTIFIER, nullable=False),
        sa.Column("legal_basis", sa.String(length=50), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("erased_by_id", IDENTIFIER, nullable=False),
        sa.Column("erased_at", MOMENT, nullable=False),
        sa.Column("keeps_until", sa.Date(), nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.CheckConstraint("legal_basis <> '' AND reason <> ''", name=op.f("ck_erasure_reason")),
        sa.ForeignKeyConstraint(
            ["erased_by_id"], ["user.id"], name=op.f("fk_erasure_erased_by_id_user")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_erasure_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("user_id", name=op.f("uq_erasure_user_id")),
    )
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.create_index(
            "ix_erasure_unfinished",
            ["keeps_until"],
            unique=False,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )

    op.create_table(
        "evidence_packet",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("organization_id", IDENTIFIER, nullable=False),
        sa.Column("course_id", IDENTIFIER, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by_id", IDENTIFIER, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state <> 'ready' OR digest IS NOT NULL",
            name=op.f("ck_evidence_packet_ready_with_digest"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'ready', 'failed')", name=op.f("ck_evidence_packet_state")
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_evidence_packet_ends_later")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user.id"], name=op.f("fk_evidence_packet_asked_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_evidence_packet_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_evidence_packet_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_packet")),
    )
    with op.batch_alter_table("evidence_packet", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_evidence_packet_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "hold",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("user_id", IDENTIFIER, nullable=False),
        sa.Column("organization_id", IDENTIFIER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by_id", IDENTIFIER, nullable=False),
        sa.Column("placed_at", MOMENT, nullable=False),
        sa.Column("lifted_by_id", IDENTIFIER, nullable=True),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_hold_reason")),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)", name=op.f("ck_hold_lifted_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["user.id"], name=op.f("fk_hold_lifted_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_hold_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["placed_by_id"], ["user.id"], name=op.f("fk_hold_placed_by_id_user")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_hold_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hold_user_id"), ["user_id"], unique=False)

    op.create_table(
        "roster_import",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("organization_id", IDENTIFIER, nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("rows_done", IDENTIFIER, nullable=False),
        sa.Column("rows_total", IDENTIFIER, nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("uploaded_by_id", IDENTIFIER, nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("applied_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('uploaded', 'checking', 'checked', 'applying', 'applied', 'failed')",
            name=op.f("ck_roster_import_state"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_roster_import_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["user.id"], name=op.f("fk_roster_import_uploaded_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
    )
    with op.batch_alter_table("roster_import", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_roster_import_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "team",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("organization_id", IDENTIFIER, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_team_name")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_team_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_team_organization_id_name")),
    )
    op.create_table(
        "assignment_rule",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("assignment_id", IDENTIFIER, nullable=False),
        sa.Column("number", IDENTIFIER, nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", IDENTIFIER, nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_assignment_rule_number")),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_assignment_rule_assignment_id_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_assignment_rule_decided_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_rule")),
        sa.UniqueConstraint(
            "assignment_id", "number", name=op.f("uq_assignment_rule_assignment_id_number")
        ),
    )
    op.create_table(
        "exemption",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("assignment_id", IDENTIFIER, nullable=False),
        sa.Column("membership_id", IDENTIFIER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by_id", IDENTIFIER, nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("withdrawn_by_id", IDENTIFIER, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_exemption_reason")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_exemption_withdrawn_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_exemption_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["user.id"], name=op.f("fk_exemption_granted_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_exemption_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["user.id"], name=op.f("fk_exemption_withdrawn_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemption")),
    )
    with op.batch_alter_table("exemption", schema=None) as batch_op:
        batch_op.create_index(
            "uq_exemption_current",
            ["assignment_id", "membership_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "leave_of_absence",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("membership_id", IDENTIFIER, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", IDENTIFIER, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_leave_of_absence_ends_later")),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_leave_of_absence_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name=op.f("fk_leave_of_absence_recorded_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave_of_absence")),
    )
    with op.batch_alter_table("leave_of_absence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_leave_of_absence_membership_id"), ["membership_id"], unique=False
        )

    op.create_table(
        "position",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("membership_id", IDENTIFIER, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("is_member", sa.Boolean(), nullable=False),
        sa.Column("employee_number", sa.String(length=50), nullable=True),
        sa.Column("job_title", sa.String(length=200), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("hired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_position_membership_id_membership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
    )
    with op.batch_alter_table("position", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_position_membership_id"), ["membership_id"], unique=False
        )

    op.create_table(
        "team_membership",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("team_id", IDENTIFIER, nullable=False),
        sa.Column("membership_id", IDENTIFIER, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("role IN ('member', 'manager')", name=op.f("ck_team_membership_role")),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_team_membership_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_team_membership_team_id_team")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_membership")),
    )
    with op.batch_alter_table("team_membership", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_team_membership_membership_id"), ["membership_id"], unique=False
        )
        batch_op.create_index(
            "uq_team_membership_current",
            ["team_id", "membership_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "attestation",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("enrolment_id", IDENTIFIER, nullable=False),
        sa.Column(
            "course_revision_id",
            IDENTIFIER,
            nullable=False,
        ),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("signed_name", sa.String(length=200), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["course_revision_id"],
            ["course_revision.id"],
            name=op.f("fk_attestation_course_revision_id_course_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_attestation_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestation")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_attestation_enrolment_id")),
    )
    op.create_table(
        "obligation",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("assignment_id", IDENTIFIER, nullable=False),
        sa.Column("organization_id", IDENTIFIER, nullable=False),
        sa.Column("course_id", IDENTIFIER, nullable=False),
        sa.Column("membership_id", IDENTIFIER, nullable=False),
        sa.Column("user_id", IDENTIFIER, nullable=False),
        sa.Column("cycle", IDENTIFIER, nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("day_meant", IDENTIFIER, nullable=False),
        sa.Column("set_by_hand", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("enrolment_id", IDENTIFIER, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_how", sa.String(length=20), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("completion_id", IDENTIFIER, nullable=True),
        sa.Column("closed_by_id", IDENTIFIER, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(closed_by_id IS NULL AND closed_how <> 'waived') OR closed_how IS NULL OR (closed_by_id IS NOT NULL AND reason <> '')",
            name=op.f("ck_obligation_reason"),
        ),
        sa.CheckConstraint(
            "closed_how <> 'met' OR (completed_on IS NOT NULL AND (completion_id IS NOT NULL OR closed_by_id IS NOT NULL))",
            name=op.f("ck_obligation_met_by_something"),
        ),
        sa.CheckConstraint(
            "closed_how IN ('met', 'waived', 'expired')", name=op.f("ck_obligation_closed_how")
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_how IS NULL)", name=op.f("ck_obligation_closed_somehow")
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR reason IS NOT NULL", name=op.f("ck_obligation_reason_kept")
        ),
        sa.CheckConstraint("cycle > 0", name=op.f("ck_obligation_cycle")),
        sa.CheckConstraint("day_meant BETWEEN 1 AND 31", name=op.f("ck_obligation_day_meant")),
        sa.CheckConstraint("opens_on <= due_on", name=op.f("ck_obligation_due_later")),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_obligation_assignment_id_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user.id"], name=op.f("fk_obligation_closed_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["completion_id"],
            ["course_completion.id"],
            name=op.f("fk_obligation_completion_id_course_completion"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_obligation_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_obligation_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_obligation_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_obligation_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_obligation_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint(
            "assignment_id",
            "user_id",
            "cycle",
            name=op.f("uq_obligation_assignment_id_user_id_cycle"),
        ),
    )
    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_obligation_due",
            ["due_on"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_obligation_membership_id"), ["membership_id"], unique=False
        )
        batch_op.create_index(
            "ix_obligation_standing",
            [
                "organization_id",
                "assignment_id",
                "closed_how",
                "due_on",
                "opens_on",
                "membership_id",
            ],
            unique=False,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )
        batch_op.create_index(
            batch_op.f("ix_obligation_user_id_course_id"), ["user_id", "course_id"], unique=False
        )
        batch_op.create_index(
            "uq_obligation_current",
            ["assignment_id", "user_id"],
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )

    op.create_table(
        "notice",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("organization_id", IDENTIFIER, nullable=False),
        sa.Column("user_id", IDENTIFIER, nullable=False),
        sa.Column("obligation_id", IDENTIFIER, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("send_after", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('assigned', 'before-due', 'due-today', 'overdue', 'digest')",
            name=op.f("ck_notice_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'failed', 'dropped')",
            name=op.f("ck_notice_state"),
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_notice_obligation_id_obligation")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_notice_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notice_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_notice_organization_id_created_at"),
            ["organization_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            "ix_notice_waiting",
            ["send_after"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index(
            "ix_notice_sending",
            ["settled_at"],
            unique=False,
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )

    op.create_table(
        "obligation_move",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("obligation_id", IDENTIFIER, nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("moved_at", MOMENT, nullable=False),
        sa.Column("moved_by_id", IDENTIFIER, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["moved_by_id"], ["user.id"], name=op.f("fk_obligation_move_moved_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligation.id"],
            name=op.f("fk_obligation_move_obligation_id_obligation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation_move")),
    )
    with op.batch_alter_table("obligation_move", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_obligation_move_obligation_id"), ["obligation_id"], unique=False
        )

    # SQLite copies the table for a foreign key, and has to be told the checks that it is to keep.
    checks = (
        sa.CheckConstraint("role IN ('member', 'manager')", name=op.f("ck_membership_role")),
        sa.CheckConstraint("employee_number <> ''", name=op.f("ck_membership_employee_number")),
        sa.CheckConstraint("manager_id <> id", name=op.f("ck_membership_not_their_own_manager")),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table(
        "membership", schema=None, table_args=checks if on_sqlite else ()
    ) as batch_op:
        batch_op.add_column(sa.Column("employee_number", sa.String(length=50), nullable=True))
        batch_op.add_column(
            sa.Column(
                "job_title", sa.String(length=200), server_default=sa.text("''"), nullable=False
            )
        )
        batch_op.add_column(
            sa.Column(
                "department", sa.String(length=200), server_default=sa.text("''"), nullable=False
            )
        )
        batch_op.add_column(
            sa.Column("site", sa.String(length=200), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(sa.Column("hired_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("manager_id", IDENTIFIER, nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_membership_organization_id_employee_number"),
            ["organization_id", "employee_number"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_membership_manager_id_membership"), "membership", ["manager_id"], ["id"]
        )

    if not on_sqlite:
        for check in checks[1:]:
            op.create_check_constraint(op.f(str(check.name)), "membership", check.sqltext)
    # Whoever belongs to an organization now has belonged to it, as far as is known, in this position.
    op.execute(
        "INSERT INTO position (membership_id, starts_at, is_member, employee_number, job_title,"
        " department, site, hired_on) SELECT id, joined_at, true, NULL, '', '', '', NULL"
        " FROM membership WHERE ended_at IS NULL"
    )

    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("time_zone", sa.String(length=64), server_default="UTC", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "quiet_from",
                IDENTIFIER,
                server_default="20",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "quiet_until",
                IDENTIFIER,
                server_default="8",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column("remind_days", sa.JSON(), server_default="[14, 3]", nullable=False)
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_organization_quiet_hours"),
            "quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23",
        )

    # The audit trail begins with nothing before it.
    op.execute(
        sa.text("INSERT INTO audit_head (id, number, digest) VALUES (1, 0, :digest)").bindparams(
            digest="0" * 64
        )
    )

    _keep_standings(on_sqlite=on_sqlite)
    _sort_members(on_sqlite=on_sqlite)


def _keep_standings(*, on_sqlite: bool) -> None:
    """What is kept of how organizations stand, and the triggers that say what does not hold any more."""
    op.create_table(
        "standing_mark",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("organization_id", IDENTIFIER, nullable=False),
        sa.Column("membership_id", IDENTIFIER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_mark")),
    )
    op.create_index(
        op.f("ix_standing_mark_organization_id_membership_id"),
        "standing_mark",
        ["organization_id", "membership_id"],
    )
    op.create_table(
        "kept_standing",
        sa.Column("organization_id", IDENTIFIER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_kept_standing")),
    )
    states = ("overdue", "due", "open", "waived", "met", "expired")
    op.create_table(
        "kept_figures",
        sa.Column("organization_id", IDENTIFIER, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", IDENTIFIER, nullable=False),
        *(sa.Column(state, IDENTIFIER, nullable=False) for state in states),
        sa.CheckConstraint(
            "kind IN ('assignment', 'team', 'month')", name=op.f("ck_kept_figures_kind")
        ),
        sa.PrimaryKeyConstraint("organization_id", "kind", "key", name=op.f("pk_kept_figures")),
    )
    op.create_table(
        "kept_member",
        sa.Column("membership_id", IDENTIFIER, nullable=False),
        sa.Column("organization_id", IDENTIFIER, nullable=False),
        sa.Column("overdue", IDENTIFIER, nullable=False),
        sa.Column("overdue_since", sa.Date(), nullable=True),
        sa.Column("part", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("membership_id", name=op.f("pk_kept_member")),
    )
    op.create_index(
        "ix_kept_member_overdue",
        "kept_member",
        ["organization_id", "overdue_since", "overdue", "membership_id"],
        sqlite_where=sa.text("overdue > 0"),
        postgresql_where=sa.text("overdue > 0"),
    )
    marks = "INSERT INTO standing_mark (organization_id, membership_id)"
    of_member = f"{marks} SELECT organization_id, id FROM membership WHERE id ="  # noqa: S608
    for table, columns, mark in (
        ("obligation", "", f"{marks} VALUES ({{row}}.organization_id, {{row}}.membership_id)"),
        ("team_membership", "", f"{of_member} {{row}}.membership_id"),
        ("membership", "ended_at", f"{marks} VALUES ({{row}}.organization_id, {{row}}.id)"),
        (
            "assignment",
            "ended_at",
            f"{marks} SELECT organization_id, membership_id FROM obligation"  # noqa: S608
            " WHERE assignment_id = {row}.id AND is_current",
        ),
    ):
        events = [f"UPDATE OF {columns}"] if columns else ["INSERT", "UPDATE", "DELETE"]
        for event in events:
            name = f"{table}_{event.split()[0].lower()}_marks"
            row = "OLD" if event == "DELETE" else "NEW"
            _trigger(name, event, table, f"{mark.format(row=row)};", on_sqlite=on_sqlite)


def _sort_members(*, on_sqlite: bool) -> None:
    """The name that lists of members are sorted by stands beside the membership, whoever changes it."""
    op.add_column(
        "membership",
        sa.Column("sort_name", sa.String(length=200), server_default=sa.text("''"), nullable=False),
    )
    named = 'UPDATE membership SET sort_name = lower((SELECT name FROM "user" WHERE id = user_id))'
    op.execute(named)
    op.create_index(
        "ix_membership_present",
        "membership",
        ["organization_id", "sort_name", "id", "ended_at"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    for column in ("job_title", "department", "site"):
        op.create_index(
            f"ix_membership_{column}",
            "membership",
            ["organization_id", column],
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    _trigger(
        "membership_insert_named",
        "INSERT",
        "membership",
        f"{named} WHERE id = NEW.id;",
        on_sqlite=on_sqlite,
    )
    _trigger(
        "user_update_named",
        "UPDATE OF name",
        '"user"',
        "UPDATE membership SET sort_name = lower(NEW.name) WHERE user_id = NEW.id;",
        on_sqlite=on_sqlite,
    )


def _trigger(name: str, event: str, table: str, action: str, *, on_sqlite: bool) -> None:
    """Have the database do something after each row that is inserted, updated or deleted."""
    begun = f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW"
    if on_sqlite:
        op.execute(f"{begun} BEGIN {action} END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN {action} RETURN NULL; END $$"
    )
    op.execute(f"{begun} EXECUTE FUNCTION {name}()")
