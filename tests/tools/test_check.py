"""`make test`: everything is counted, nothing stops it, and the last line and the exit code are honest."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tools.check import Tally, count_tests, run_all, scenarios

LAST_LINE = re.compile(r"\d+ passed, \d+ failed")


def _report(folder: Path, cases: str) -> Path:
    report = folder / "report.xml"
    report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    return report


def test_tests_are_counted_one_by_one(tmp_path: Path) -> None:
    report = _report(tmp_path, '<testcase name="a"/><testcase name="b"><failure/></testcase><testcase name="c"/>')
    assert count_tests(report, 1) == Tally(2, 1, 1, ("None::b  [failure]",))


def test_a_test_that_fails_and_then_fails_to_clean_up_counts_once(tmp_path: Path) -> None:
    report = _report(
        tmp_path, '<testcase name="a"><failure message="no&#10;more"/><error/></testcase><testcase name="b"/>'
    )
    assert count_tests(report, 1) == Tally(1, 1, 1, ("None::a  [failure] no",))


def test_a_skipped_test_counts_as_failed(tmp_path: Path) -> None:
    report = _report(tmp_path, '<testcase name="a"/><testcase classname="m" name="b"><skipped/></testcase>')
    assert count_tests(report, 0) == Tally(1, 1, 1, ("m::b  [skipped]",))


def test_no_report_and_no_tests_are_a_failure(tmp_path: Path) -> None:
    assert count_tests(tmp_path / "missing.xml", 4) == Tally(0, 1, 1)
    assert count_tests(_report(tmp_path, ""), 0) == Tally(0, 1, 1)


def test_a_failure_stops_nothing_and_the_last_line_counts_all(capsys) -> None:
    checks = [("a", lambda: Tally(0, 1, 1)), ("b", lambda: Tally(40, 0)), ("c", lambda: Tally(2, 3, 1))]
    assert run_all(checks) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "42 passed, 4 failed"


def test_all_that_failed_is_named_once_more_above_the_last_line(capsys) -> None:
    run_all([("a", lambda: Tally(0, 1, 1)), ("b", lambda: Tally(4, 0)), ("c", lambda: Tally(2, 2, 1, ("x", "y")))])
    assert capsys.readouterr().out.splitlines()[-6:] == [
        *("Failed:", "  a: see a above", "  c: x", "  c: y", ""),
        "6 passed, 3 failed",
    ]


def test_all_green_is_exit_code_0(capsys) -> None:
    assert run_all([("a", lambda: Tally(1, 0))]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"


def test_infrastructure_outranks_other_failures(capsys) -> None:
    assert run_all([("a", lambda: Tally(0, 1, 1)), ("b", lambda: Tally(0, 9, 3))]) == 3
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 10 failed"


def test_an_interruption_is_a_failure_and_leaves_out_the_rest(capsys) -> None:
    def interrupted() -> Tally:
        raise KeyboardInterrupt

    assert run_all([("a", lambda: Tally(1, 0)), ("b", interrupted), ("c", lambda: Tally(1, 0))]) == 130
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 1 failed"


def test_green_scenarios_show_a_line_a_feature_and_no_more(project, capsys) -> None:
    root = project()
    assert scenarios(root, root / "log", []) == Tally(2, 0)
    assert re.fullmatch(r" +features/answers.feature: 2 of 2 held \([\d.]+ s\)\n", capsys.readouterr().out)


def test_red_scenarios_show_everything(project, capsys) -> None:
    root = project(**{"service/answer.txt": "no\n"})
    tally = scenarios(root, root / "log", [])
    assert (tally.passed, tally.failed, tally.exit_code) == (1, 1, 1)
    assert tally.names == (
        "features/answers.feature:7  The answer is yes  [failed] ASSERT FAILED: expected yes, seen no",
    )
    assert "expected yes, seen no" in capsys.readouterr().out


def test_the_exit_code_of_missing_infrastructure_is_passed_on(project, capsys) -> None:
    dead = "import sys\ndef before_all(context):\n    print('no engine', flush=True)\n    import os; os._exit(3)\n"
    root = project(**{"environment.py": dead})
    tally = scenarios(root, root / "log", [])
    assert (tally.passed, tally.failed, tally.exit_code) == (0, 1, 3)
    assert tally.names
    assert "no engine" in capsys.readouterr().out


def test_ctrl_c_ends_behave_first_and_the_last_line_is_still_there(project) -> None:
    hooks = (
        "from pathlib import Path\nimport time\n"
        "def before_all(context): print('here', flush=True); Path('begun').touch(); time.sleep(60)\n"
        "def after_all(context): Path('cleaned').touch()\n"
    )
    root = project(**{"environment.py": hooks})
    command = [sys.executable, "-m", "tools.check", "--only", "scenarios", "--root", str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as check:
        while not (root / "begun").exists():
            os.sched_yield()
        check.send_signal(signal.SIGINT)
        said, _ = check.communicate(timeout=30)
    assert check.returncode == 130
    assert (root / "cleaned").exists()
    assert said.splitlines()[-1] == "0 passed, 1 failed"
