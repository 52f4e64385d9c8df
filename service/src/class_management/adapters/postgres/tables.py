"""The schema, table by table (contract §5); the migrations must come to the same (D8)."""

import sqlalchemy as sa

from class_management.domain.courses import CourseCode, Language

SCHEMA_REVISION = "0002"
"""The migration that this code is written for; a database at another one is refused (L6)."""

metadata = sa.MetaData()

courses = sa.Table(
    "courses",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("course_code", sa.Enum(CourseCode, name="course_code_enum"), unique=True, nullable=False),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column(
        "language",
        sa.Enum(Language, name="language_enum", values_callable=lambda languages: [lang.value for lang in languages]),
        nullable=False,
    ),
)

classes = sa.Table(
    "classes",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("created_by_user_id", sa.String(255), nullable=False, index=True),
    sa.Column("course_id", sa.ForeignKey("courses.id"), nullable=False),
    sa.Column("created_at", sa.DateTime, server_default=sa.func.now()),
    sa.Column("updated_at", sa.DateTime, server_default=sa.func.now()),
)

students = sa.Table(
    "students",
    metadata,
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

memberships = sa.Table(
    "class_student_association",
    metadata,
    sa.Column("class_id", sa.ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("student_id", sa.ForeignKey("students.id", ondelete="CASCADE"), primary_key=True),
)

associations = sa.Table(
    "essay_student_associations",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("essay_id", sa.Uuid, unique=True, nullable=False),
    sa.Column("student_id", sa.ForeignKey("students.id", ondelete="CASCADE"), nullable=False),
    sa.Column("batch_id", sa.Uuid, nullable=False, index=True),
    sa.Column("class_id", sa.ForeignKey("classes.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("created_by_user_id", sa.String(255), nullable=False),
    sa.Column("created_at", sa.DateTime, server_default=sa.func.now()),
    sa.Column("confidence_score", sa.Float),
    sa.Column("match_reasons", sa.JSON),
    sa.Column("validation_status", sa.String(50), server_default="pending_validation", nullable=False),
    sa.Column("validated_by", sa.String(255)),
    sa.Column("validated_at", sa.DateTime),
    sa.Column("validation_method", sa.String(50)),
)
sa.Index(
    "ix_essay_student_associations_pending",
    associations.c.created_at,
    postgresql_where=associations.c.validation_status == "pending_validation",
)

outbox = sa.Table(
    "event_outbox",
    metadata,
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
sa.Index("ix_event_outbox_unpublished", outbox.c.created_at, postgresql_where=outbox.c.published_at.is_(None))
