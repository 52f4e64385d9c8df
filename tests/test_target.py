"""Target files: complete, or refused with the name of what is wrong."""

from pathlib import Path

import pytest

from harness.errors import InfrastructureError
from harness.settings import ROOT
from harness.target import NEEDS, Target
from tools.gherkin import parse_features, written

MINIMAL = """
name = "other"
leave_out = ["beyond", "H1", "wip"]
[image]
reference = "registry.example/other:1"
[service]
port = 8080
health = "/healthz"
[service.environment]
DB = "{database_host}:{database_port}"
[migrations]
upgrade = ["migrate"]
"""


def _file(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "target.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_the_default_target_is_complete() -> None:
    target = Target.load(ROOT / "targets" / "class_management.toml")
    assert target.context == ROOT / "service"
    assert target.image is None


def test_another_implementation_is_described_without_code(tmp_path: Path) -> None:
    target = Target.load(_file(tmp_path, MINIMAL))
    assert target.image == "registry.example/other:1"
    assert target.leave_out == {"beyond", "H1", "wip"}
    assert target.filled({"database_host": "db", "database_port": "5432"}) == {"DB": "db:5432"}


def test_the_description_is_where_the_target_says(tmp_path: Path) -> None:
    assert Target.load(_file(tmp_path, MINIMAL)).description == "/schema/openapi.json"
    elsewhere = MINIMAL.replace("port = 8080", 'port = 8080\ndescription = "/openapi.json"')
    assert Target.load(_file(tmp_path, elsewhere)).description == "/openapi.json"


def test_another_image_may_migrate(tmp_path: Path) -> None:
    assert Target.load(_file(tmp_path, MINIMAL)).migrations_image is None
    by_another = MINIMAL.replace("[migrations]", '[migrations]\nimage = "other:0"')
    assert Target.load(_file(tmp_path, by_another)).migrations_image == "other:0"


def test_what_needs_a_command_that_the_target_does_not_offer_is_told_by_its_tag(tmp_path: Path) -> None:
    target = Target.load(_file(tmp_path, MINIMAL + '[commands]\nreplay = ["tool", "replay"]\n'))
    assert target.commands == {"replay": ("tool", "replay")}
    assert target.lacks(["P10", "needs.replay", "needs.compare", "beyond"]) == {"needs.compare"}


def test_a_setting_and_a_composition_are_offered_like_a_command(tmp_path: Path) -> None:
    target = Target.load(_file(tmp_path, MINIMAL + '[settings]\nstall = "STALL"\n[inside]\ncomposition = "a.b:c"\n'))
    assert target.settings == {"stall": "STALL"}
    assert target.lacks(["needs.stall", "needs.composition", "needs.replay"]) == {"needs.replay"}
    assert target.source is None
    assert Target.load(ROOT / "targets" / "class_management.toml").source == ROOT / "service" / "src"
    assert Target.load(_file(tmp_path, MINIMAL)).lacks(["needs.composition"]) == {"needs.composition"}


def test_the_default_target_offers_everything_that_a_scenario_needs() -> None:
    target = Target.load(ROOT / "targets" / "class_management.toml")
    tags = {tag for feature in parse_features(ROOT / "features") for item in written(feature) for tag in item.tags}
    assert {tag for tag in tags if tag.startswith(NEEDS)}
    assert not target.lacks(tags)


def test_expected_errors_are_limited_to_their_tags(tmp_path: Path) -> None:
    lines = """
[[log.expected]]
pattern = 'essay .* failed'
reason = "P7 wants it told"
tags = ["P7", "P10"]
[[log.expected]]
pattern = 'broker is away'
reason = "told whenever Kafka is broken"
"""
    target = Target.load(_file(tmp_path, MINIMAL + lines))
    limited, always = target.expected_log_lines
    assert limited.reason == "P7 wants it told"
    assert limited.expects("ERROR essay 7 failed", frozenset({"P7", "core"}))
    assert not limited.expects("ERROR essay 7 failed", frozenset({"P1"}))
    assert not limited.expects("ERROR boom", frozenset({"P7"}))
    assert always.expects("ERROR the broker is away", frozenset())


def test_an_unknown_placeholder_is_named(tmp_path: Path) -> None:
    target = Target.load(_file(tmp_path, MINIMAL.replace("database_port", "database_prot")))
    with pytest.raises(InfrastructureError, match="database_prot"):
        target.filled({"database_host": "db", "database_port": "5432"})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("port = 8080", "port = '8080'"), "service.port"),
        (('name = "other"', ""), "name must be text"),
        (('upgrade = ["migrate"]', ""), "migrations.upgrade"),
        (('reference = "registry.example/other:1"', ""), "image.reference or image.context"),
        (("[image]", "[image"), "cannot be read"),
        (('"H1"', '"h1"'), "leave_out holds 'h1'"),
        (("[migrations]", "[commands]\nreplay = 'x'\n[migrations]"), r"commands\.replay must be a list of texts"),
        (("[migrations]", "[commands]\nreplay = []\n[migrations]"), r"commands\.replay is empty"),
        (("[migrations]", "[settings]\nstall = 3\n[migrations]"), r"settings\.stall must be text"),
        (("[migrations]", "[inside]\ncomposition = 'a.b'\n[migrations]"), r"inside\.composition must be `module:fun"),
        *(
            (("[migrations]", f"{expected}\n[migrations]"), named)
            for expected, named in {
                "[log]\nexpected = 'x'": r"log\.expected must be a list of tables",
                "[[log.expected]]\npattern = 'x'": r"log\.expected\[1\]\.reason must be text",
                "[[log.expected]]\npattern = 'x'\nreason = 'y'\n[[log.expected]]": r"log\.expected\[2\]\.pattern",
                "[[log.expected]]\npattern = '('\nreason = 'y'": r"\[1\]\.pattern is no regular expression",
                "[[log.expected]]\npattern = '.*'\nreason = 'y'": "hides every error",
                "[[log.expected]]\npattern = 'x'\nreason = 'y'\ntags = 'P7'": r"tags must be a list",
                "[[log.expected]]\npattern = 'x'\nreason = 'y'\ntag = ['P7']": r"log\.expected\[1\]\.tag is not known",
            }.items()
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    with pytest.raises(InfrastructureError, match=named) as raised:
        Target.load(_file(tmp_path, MINIMAL.replace(*change)))
    assert "target.toml" in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InfrastructureError, match=r"nowhere\.toml"):
        Target.load(tmp_path / "nowhere.toml")
