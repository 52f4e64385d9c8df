"""The folders of runs: one for each, `latest` leads to the newest, and old ones make room."""

from pathlib import Path

from harness.artifacts import KEPT, LATEST, new_folder


def test_latest_leads_to_the_newest_run(tmp_path: Path) -> None:
    new_folder(tmp_path)
    newest = new_folder(tmp_path)
    assert (tmp_path / LATEST).resolve() == newest


def test_old_runs_make_room_and_nothing_else_does(tmp_path: Path) -> None:
    old = [tmp_path / f"20200101-0000{second:02}-0123abcd" for second in range(KEPT + 5)]
    for folder in old:
        (folder / "a_scenario").mkdir(parents=True)
    (tmp_path / "mutants").mkdir()
    newest = new_folder(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {newest.name, LATEST, "mutants", *(folder.name for folder in old[-(KEPT - 1) :])}
