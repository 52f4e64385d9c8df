"""Eight ways to fail: what the console and the evidence say is enough to know why.

One run of behave with the suite's own actors and steps, on real containers and a service that several mutants break.
"""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.evidence.collector import DEADLINE
from harness.settings import ROOT
from tools.patches import read_patch
from tools.runs import BehaveRun, run_behave

pytestmark = pytest.mark.engine
MUTANTS = (
    "only_first_essay_stored",
    "foreign_event_stored",
    "first_suggestion_taken",
    "undecodable_kept_nowhere",
    "record_lapses_in_an_hour",
)


@dataclass(frozen=True)
class Failure:
    """What a person sees of one failed scenario."""

    console: str
    folder: Path

    def evidence(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


@dataclass(frozen=True)
class FailedRun:
    behave: BehaveRun
    timings: dict[str, list[float]]

    def failure(self, title: str) -> Failure:
        (outcome,) = [outcome for outcome in self.behave.outcomes if outcome.title == title]
        assert outcome.status in ("failed", "error"), f"{outcome.status}: {self.behave.tail(60)}"
        named = re.search(r"evidence: (\S+)", outcome.message)
        assert named, outcome.message
        return Failure(outcome.message, ROOT / named[1])


def _broken_service(folder: Path) -> Path:
    shutil.copytree(
        ROOT / "service", folder / "service", ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
    )
    for name in MUTANTS:
        read_patch(ROOT / "mutants" / f"{name}.patch").apply(folder)
    text = (ROOT / "targets" / "class_management.toml").read_text(encoding="utf-8")
    target = folder / "target.toml"
    target.write_text(text.replace('context = "../service"', 'context = "service"'), encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FailedRun]:
    folder = tmp_path_factory.mktemp("ways_to_fail")
    timings = folder / "timings.json"
    settings = {"keep": "no", "target": _broken_service(folder), "artifacts": folder / "artifacts", "timings": timings}
    defined = [part for name, value in settings.items() for part in ("-D", f"{name}={value}")]
    # The laboratory starts while the scenarios on the shared site run.
    features = [f"tests/evidence/features/{name}.feature" for name in ("ways_to_fail", "broken_laboratory")]
    done = run_behave([*defined, *features], log=folder / "behave.log", folder=ROOT, deadline=300)
    assert done.exit_code == 1, done.tail(60)
    yield FailedRun(done, json.loads(timings.read_text(encoding="utf-8"))["taken"])


def test_a_row_that_is_missing(run: FailedRun) -> None:
    failure = run.failure("A row is missing")
    assert "expected 2 rows, seen 1 row" in failure.console
    missing = re.search(r"missing:  essay: (.+?) \|", failure.console)
    assert missing, failure.console
    stored = {"My summer": "The sea", "The sea": "My summer"}[missing[1]]
    assert "too late for a change: the message is acknowledged" in failure.console
    rows = failure.evidence("rows.txt")
    assert f"({stored})" in rows
    assert f"({missing[1]})" not in rows


def test_a_row_that_is_too_many(run: FailedRun) -> None:
    failure = run.failure("A row is too many")
    assert "expected 0 rows, seen 1 row" in failure.console
    assert "too much: batch: Autumn essays | essay: Essay of Li Holm | student: Li Holm" in failure.console
    assert "event processed" in failure.console, "what the service made of it"
    assert "huleedu.essay.spellcheck.completed.v1" in failure.evidence("messages.txt"), "what was sent"


def test_a_value_that_is_wrong(run: FailedRun) -> None:
    failure = run.failure("A value is wrong")
    assert "student: expected Elsa Lind, seen Omar Said, confidence: expected 0.93, seen 0.61" in failure.console
    assert "(Omar Said)" in failure.evidence("rows.txt")


def test_a_message_that_is_on_no_topic(run: FailedRun) -> None:
    failure = run.failure("A message is on no topic")
    dead_letters = "huleedu.batch.author.matches.suggested.v1.dlq"
    assert "no dead letter holds the event" in failure.console
    assert f"a message did not come on {dead_letters}: 0 came there" in failure.console
    assert "what is most like it lies on huleedu.batch.author.matches.suggested.v1\n" in failure.console
    assert f"dlq.topic={dead_letters.removesuffix('.dlq')}" in failure.console
    assert "ERROR event is a dead letter" in failure.console, "the service says what it did not do"
    assert f"nothing on {dead_letters}" in failure.evidence("messages.txt")


def test_a_ttl_that_is_wrong(run: FailedRun) -> None:
    failure = run.failure("A TTL is wrong")
    assert re.search(r"it lapses in 3[56]\d\d s, expected 86400 s", failure.console), failure.console
    assert re.search(r'"status": "completed".*lapses in 3[56]\d\d s', failure.evidence("redis.txt"))


def test_a_step_that_is_not_finished_in_time(run: FailedRun) -> None:
    failure = run.failure("A step is not finished in time")
    assert "The step was not finished after 2 s; it was waiting at" in failure.console
    assert "in deletes_class" in failure.console
    waits = (
        r"session \d+ \(the service's, .*DELETE FROM classes.* waits for session \d+ \(the suite's own, .*FOR UPDATE"
    )
    assert re.search(waits, failure.console), failure.console
    assert re.search(r"DELETE /v1/classes/\S+ \(8B\) → no answer", failure.evidence("http.txt"))


def test_a_service_that_died(run: FailedRun) -> None:
    failure = run.failure("The service died")
    assert re.search(r"the container service \(\w+\) has ended with exit code 137, killed", failure.console)
    assert "the consumer group has no members" in failure.console
    assert re.search(r"partition \d: committed \d+ of \d+, 1 behind", failure.console), failure.console
    assert "Its last log lines" in failure.evidence("containers.txt")


def test_a_database_that_hangs(run: FailedRun) -> None:
    failure = run.failure("The database hangs")
    assert re.search(r"the container postgres \(\w+\) is paused", failure.console), failure.console
    for blind in ("Sessions and locks in PostgreSQL", "Associations of the scenario's batches and essays"):
        assert re.search(f"{blind}: (did not answer|could not be looked at)", failure.console)
    assert "1 behind" in failure.console, "what could be looked at is there"
    assert "1 record" not in failure.evidence("rows.txt")


def test_the_console_shows_what_each_failure_says(run: FailedRun) -> None:
    console = run.behave.log.read_text(encoding="utf-8")
    for outcome in run.behave.outcomes:
        for line in outcome.message.splitlines():
            assert line.strip() in console


def test_the_index_says_what_failed_and_leads_to_everything(run: FailedRun) -> None:
    failure = run.failure("A value is wrong")
    index = failure.evidence("evidence.md")
    assert index.startswith("# A value is wrong")
    assert index.index("seen Omar Said") < index.index("## What goes with it") < index.index("## What there is")
    named = set(re.findall(r"\]\(([\w.]+)\)", index))
    assert named == {path.name for path in failure.folder.iterdir()} - {"evidence.md"}


def test_no_secret_and_no_address_is_in_the_evidence(run: FailedRun) -> None:
    files = [path for path in run.failure("A value is wrong").folder.parent.rglob("*") if path.is_file()]
    assert len(files) > 8 * 8
    everything = "".join(path.read_text(encoding="utf-8") for path in files)
    for hidden in ("acceptance-db-secret", "acceptance-internal-api-key", "@school.example"):
        assert hidden not in everything
    exchanges = run.failure("A value is wrong").evidence("http.txt")
    assert "/roster" in exchanges
    assert set(re.findall(r'"(?:first|last)_name": "(.*?)"', exchanges)) == {"(redacted)"}


def test_evidence_waits_for_a_database_that_hangs_no_longer_than_a_collector_may(run: FailedRun) -> None:
    assert len(run.timings["evidence"]) == 8
    *others, hanging = run.timings["evidence"]
    assert hanging < DEADLINE + 2 * max(others)
