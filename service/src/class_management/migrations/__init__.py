"""The migrations; `alembic` works on them with the alembic.ini beside the package, `migrate` without."""

from alembic import command
from alembic.config import Config


def upgrade() -> None:
    """Bring the database that the environment names up to date."""
    config = Config()
    config.set_main_option("script_location", "class_management:migrations")
    command.upgrade(config, "head")
