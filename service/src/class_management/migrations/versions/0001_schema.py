"""The schema of the contract (§5), and the six courses."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

course_code = postgresql.ENUM("ENG5", "ENG6", "ENG7", "SV1", "SV2", "SV3", name="course_code_enum", create_type=False)
language = postgresql.ENUM("en", "sv", name="language_enum", create_type=False)

COURSES = [
    ("b4ff6b4a-9e8c-5d0b-a3a5-000000000001", "ENG5", "English 5", "en"),
    ("b4ff6b4a-9e8c-5d0b-a3a5-000000000002", "ENG6", "English 6", "en"),
    ("b4ff6b4a-9e8c-5d0b-a3a5-000000000003", "ENG7", "English 7", "en"),
    ("b4ff6b4a-9e8c-5d0b-a3a5-000000000004", "SV1", "Svenska 1", "sv"),
    ("b4ff6b4a-9e8c-5d0b-a3a5-000000000005", "SV2", "Svenska 2", "sv"),
    ("b4ff6b4a-9e8c-5d0b-a3a5-000000000006", "SV3", "Svenska 3", "sv"),
]


def upgrade() -> None:
    """From nothing to the whole schema."""
    course_code.create(op.get_bind())
    language.create(op.get_bind())
    courses = op.create_table(
        "courses",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("course_code", course_code, unique=True, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("language", language, nullable=False),
    )
    op.bulk_insert(
        courses,
        [{"id": id_, "course_code": code, "name": name, "language": spoken} for id_, code, name, spoken in COURSES],
    )
    op.create_table(
        "classes",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("created_by_user_id", sa.String(255), nullable=False, index=True),
        sa.Column("course_id", sa.Uuid, sa.ForeignKey("courses.id"), nullable=False),
        sa.Column("created_at", sa.DateTime, server_default=sa.func.now()),
        sa.Column("updated_at", sa.DateTime, server_default=sa.func.now()),
    )
    op.create_table(
        "students",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("first_name", sa.String(255), nullable=False),
        sa.Column("last_name", sa.String(255), nullable=False),
        sa.Column("legal_full_name", sa.String(512)),
        sa.Column("email", sa.String(255)),
        sa.Column("created_by_user_id", sa.String(255), nullable=False, index=True),
        sa.Column("created_at", sa.DateTime, server_default=sa.func.now()),
        sa.Column("updated_at", sa.DateTime, server_default=sa.func.now()),
        sa.UniqueConstraint("email", "created_by_user_id", name="uix_student_email_user"),
    )
    op.create_table(
        "class_student_association",
        sa.Column("class_id", sa.Uuid, sa.ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("student_id", sa.Uuid, sa.ForeignKey("students.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_table(
        "essay_student_associations",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("essay_id", sa.Uuid, unique=True, nullable=False),
        sa.Column("student_id", sa.Uuid, sa.ForeignKey("students.id", ondelete="CASCADE"), nullable=False),
        sa.Column("batch_id", sa.Uuid, nullable=False, index=True),
        sa.Column("class_id", sa.Uuid, sa.ForeignKey("classes.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("created_by_user_id", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime, server_default=sa.func.now()),
        sa.Column("confidence_score", sa.Float),
        sa.Column("match_reasons", sa.JSON),
        sa.Column("validation_status", sa.String(50), server_default="pending_validation", nullable=False),
        sa.Column("validated_by", sa.String(255)),
        sa.Column("validated_at", sa.DateTime),
        sa.Column("validation_method", sa.String(50)),
    )
    op.create_table(
        "event_outbox",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("aggregate_id", sa.String(255), nullable=False),
        sa.Column("aggregate_type", sa.String(100), nullable=False),
        sa.Column("event_type", sa.String(255), nullable=False),
        sa.Column("event_data", sa.JSON, nullable=False),
        sa.Column("event_key", sa.String(255)),
        sa.Column("topic", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("retry_count", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text),
    )


def downgrade() -> None:
    """Back to nothing, the enum types included."""
    for table in (
        "event_outbox",
        "essay_student_associations",
        "class_student_association",
        "students",
        "classes",
        "courses",
    ):
        op.drop_table(table)
    language.drop(op.get_bind())
    course_code.drop(op.get_bind())
