"""The example's compose file fits the rest of the repository."""

import re
from typing import Any

import pytest
import yaml

from harness.errors import InfrastructureError
from harness.images import ImageChoice
from harness.settings import ROOT
from harness.target import Target
from tools.example import __main__ as command

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]


@pytest.mark.parametrize("kind", ["postgres", "kafka", "redis"])
def test_the_images_are_the_suite_s_unless_others_are_named(kind: str) -> None:
    default = ImageChoice.from_mapping({}).published(kind)
    assert SERVICES[kind]["image"] == f"${{{kind.upper()}_IMAGE:-{default}}}"


def test_the_service_is_told_what_the_suite_tells_it() -> None:
    told = set(Target.load(ROOT / "targets" / "class_management.toml").environment)
    assert told <= {*SERVICES["service"]["environment"], "CLASS_MANAGEMENT_SERVICE_PORT"}
    assert SERVICES["migration"]["environment"] == SERVICES["service"]["environment"]


def test_everything_is_reached_from_this_machine_alone() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(published) == 2
    assert all(re.fullmatch(r"127\.0\.0\.1:\$\{EXAMPLE_[A-Z_]*PORT:-\d+\}:\d+", port) for port in published)


def test_a_machine_without_compose_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "COMPOSES", (["no-such-docker", "compose"], ["false"]))
    with pytest.raises(InfrastructureError, match="no compose"):
        command.compose()


def test_the_first_compose_that_answers_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "COMPOSES", (["false"], ["true"]))
    assert command.compose() == ["true"]
