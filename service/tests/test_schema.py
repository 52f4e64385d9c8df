"""The code knows which migration it is written for."""

from alembic.config import Config
from alembic.script import ScriptDirectory

from class_management.adapters.postgres.tables import SCHEMA_REVISION


def test_the_code_s_revision_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "class_management:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == SCHEMA_REVISION
