"""Indexes of what waits: announcements for the relay, answers for the timeout monitor."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

PENDING, UNPUBLISHED = "ix_essay_student_associations_pending", "ix_event_outbox_unpublished"


def upgrade() -> None:
    """Both hold only what waits, and so stay small."""
    op.create_index(
        PENDING,
        "essay_student_associations",
        ["created_at"],
        postgresql_where=sa.text("validation_status = 'pending_validation'"),
    )
    op.create_index(UNPUBLISHED, "event_outbox", ["created_at"], postgresql_where=sa.text("published_at IS NULL"))


def downgrade() -> None:
    """Without them all works, slowly."""
    op.drop_index(UNPUBLISHED, "event_outbox")
    op.drop_index(PENDING, "essay_student_associations")
