"""`make report`: the page and the JUnit XML that are made from messages."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from harness import packages
from harness.reports import html_page
from harness.reports.__main__ import NO_REPORT, main
from harness.reports.behave_messages import NotMessagesError, complete
from harness.reports.html_page import page
from harness.reports.junit import junit
from tests.messages import RECORDED, dangling, faults, of, outcomes, read

PINNED = {
    "LICENSE": "c4fd8d0035bb9c9ec34964dce7dbff7de43e2a006599a28af500411aeb3c0469",
    "icon.url": "0833002a7038e2cd0f1c54ba10c6613469fde4601ea882cdfe68af5c7d75596d",
    "index.mustache": "ff0347666e1c9344ec8c23981abed452c7c5ac5b19f4835b33e4485d35a2ab6c",
    "main.css": "fe1d18ad3f7153edb16d9054aae6780c1414d8b85f9ff3486b6b9ffef53026de",
    "main.js": "c6ad2df64cb00bc4749c9cc2223c351696cf5f5cd69043fcc628af4993c41e4c",
    "main.js.LICENSE.txt": "eb5ebe5e439082575ca0966059273161a3c08aa0bf312eb25a9915c0e75f6c43",
}


@pytest.fixture(scope="module")
def recorded() -> list[Any]:
    return read(RECORDED)


def test_the_official_formatter_is_shipped_unchanged() -> None:
    kept = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in html_page.ASSETS.iterdir()}
    del kept["README.md"]
    assert kept == PINNED


def test_the_page_holds_all_messages_and_nothing_of_them_is_markup(recorded: list[Any]) -> None:
    html = page(recorded, "Run <1>")
    (data,) = re.findall(r"window\.CUCUMBER_MESSAGES = (\[.*\]);\n", html)
    assert json.loads(data.replace(r"\x3C", "<")) == recorded
    assert 'alert(\\"no\\")' in data
    assert "</script>" not in data
    assert "<title>Run &lt;1&gt;</title>" in html
    assert "{{" not in html.replace(html_page.ASSETS.joinpath("main.js").read_text("utf-8"), "")


def test_the_page_asks_for_nothing_from_elsewhere(recorded: list[Any]) -> None:
    html = page(recorded, "x").replace(html_page.ASSETS.joinpath("main.js").read_text("utf-8"), "")
    assert re.findall(r"""(?:src|href)=["'](?!data:)[^"']*|url\((?!["']?data:)[^)]*|@import[^;]*""", html) == []


def test_a_browser_shows_every_scenario_without_a_network(recorded: list[Any], tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(page(recorded, "x"), encoding="utf-8")
    chromium = packages.need("chromium", "chromium", "fonts-dejavu-core", purpose="look at the report")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=5000", "--dump-dom"]
    shown = subprocess.run(
        [*command, (tmp_path / "page.html").as_uri()], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    body = shown[shown.index('id="report"') : shown.index("<script>")]
    for name in ("A table, a text and attachments", "clean-up fails", "three were expected"):
        assert name in body


def _cases(xml: str) -> tuple[dict[str, str], list[Any]]:
    """Return the suite's attributes, and for each case its attributes, result and output; times rounded."""
    suite = ET.fromstring(xml)

    def rounded(element: ET.Element) -> dict[str, str]:
        return {**element.attrib, "time": f"{float(element.attrib['time']):.4f}"}

    cases = [(rounded(c), [(e.tag, e.attrib, (e.text or "").strip()) for e in c]) for c in suite]
    return {**rounded(suite), "timestamp": suite.attrib["timestamp"][:19]}, cases


def test_junit_is_what_the_official_formatter_makes_of_the_same_messages(recorded: list[Any]) -> None:
    official = RECORDED.with_suffix(".junit.xml").read_text(encoding="utf-8")
    ours, theirs = _cases(junit(recorded)), _cases(official)
    assert ours[0] == theirs[0]
    assert ours[1] == theirs[1]


def test_junit_knows_the_time_of_a_scenario_in_a_rule(recorded: list[Any]) -> None:
    slow = json.loads(json.dumps(recorded))
    (pickle,) = [p for p in of(slow, "pickle") if p["name"] == "Holds"]
    (case,) = [c for c in of(slow, "testCase") if c["pickleId"] == pickle["id"]]
    (started,) = [s for s in of(slow, "testCaseStarted") if s["testCaseId"] == case["id"]]
    (finished,) = [f for f in of(slow, "testCaseFinished") if f["testCaseStartedId"] == started["id"]]
    finished["timestamp"] = {**started["timestamp"], "seconds": started["timestamp"]["seconds"] + 7}
    (element,) = [c for c in ET.fromstring(junit(slow)) if c.attrib["name"] == "A promise - Holds"]
    assert element.attrib["time"] == "7"


def test_wherever_a_run_is_cut_off_what_is_left_can_be_reported(recorded: list[Any]) -> None:
    lines = RECORDED.read_text(encoding="utf-8").splitlines()
    began = next(number for number, message in enumerate(recorded) if "testRunStarted" in message)
    for length in range(began + 1, len(lines)):
        messages = complete([*lines[:length], lines[length][: len(lines[length]) // 2]])
        assert dangling(messages) == []
        assert len(of(messages, "testCaseStarted")) == len(of(messages, "testCaseFinished"))
        assert len(of(messages, "testStepStarted")) == len(of(messages, "testStepFinished"))
        assert len(of(messages, "testRunHookStarted")) == len(of(messages, "testRunHookFinished"))
        assert not of(messages, "testRunFinished")[0]["success"]
        assert faults(messages[length:]) == []
        ET.fromstring(junit(messages))
    cut = next(n for n, message in enumerate(recorded) if "testStepStarted" in message)
    assert "FAILED" in str(outcomes(complete(lines[: cut + 1])))


def test_a_whole_run_is_left_as_it_is(recorded: list[Any]) -> None:
    assert complete(RECORDED.read_text(encoding="utf-8").splitlines()) == recorded


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "no test run"),
        (['{"meta":{}}'], "no test run"),
        (["hello", '{"meta":{}}'], "Line 1 is no Cucumber message: 'hello'"),
        (["[1]", "{}"], "Line 1"),
    ],
)
def test_what_is_no_run_is_refused(lines: list[str], said: str) -> None:
    with pytest.raises(NotMessagesError, match=said):
        complete(lines)


def test_the_command_writes_both_beside_the_messages_and_prints_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "messages.ndjson"
    shutil.copy(RECORDED, file)
    assert main([str(file)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        os.path.relpath(tmp_path / "report.html"),
        os.path.relpath(tmp_path / "junit.xml"),
    ]
    assert (tmp_path / "junit.xml").read_text("utf-8") == junit(read(RECORDED))


def test_the_command_says_what_to_do_when_there_is_no_run(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harness.reports"],
        env={**os.environ, "ACCEPTANCE_ARTIFACTS": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == NO_REPORT
    assert "There are no messages at" in done.stderr
    assert "make acceptance" in done.stderr


def test_the_command_refuses_what_is_no_stream_of_messages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([__file__]) == NO_REPORT
    assert "Line 1 is no Cucumber message" in capsys.readouterr().err
