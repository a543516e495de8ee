"""Runs keep apart, clear up after themselves, and can be found while they live."""

from pathlib import Path

from oms.stack.folder import KEPT_RUNS, Folder, running_stack


def test_a_folder_belongs_to_one_stack_at_a_time(tmp_path: Path) -> None:
    """The second takes the next one; a folder that was left is free again."""
    first = Folder.first_free(tmp_path, "up")
    second = Folder.first_free(tmp_path, "up")
    first.leave()
    third = Folder.first_free(tmp_path, "up")

    assert [folder.path.name for folder in (first, second, third)] == ["up", "up-2", "up"]
    second.leave()
    third.leave()


def test_a_running_stack_is_found_with_its_settings_and_a_stopped_one_is_not(tmp_path: Path) -> None:
    """Only its owner may read them; they go when the stack goes."""
    run = Folder.new_run(tmp_path)
    run.publish({"OMS_PACE": "7200", "OMS_PUBLIC_URL": "http://127.0.0.1:1"})
    while_it_ran = running_stack(tmp_path)
    mode = (run.path / "stack.env").stat().st_mode & 0o777
    run.leave()

    assert while_it_ran is not None
    assert while_it_ran[1] == {"OMS_PACE": "7200", "OMS_PUBLIC_URL": "http://127.0.0.1:1"}
    assert mode == 0o600
    assert running_stack(tmp_path) is None


def test_old_runs_are_cleared_away_but_never_one_that_lives(tmp_path: Path) -> None:
    """The last few stay for whoever wants to read their logs."""
    living = Folder.new_run(tmp_path)
    for _ in range(KEPT_RUNS + 3):
        Folder.new_run(tmp_path).leave()
    Folder.new_run(tmp_path).leave()

    names = {path.name for path in (tmp_path / "runs").iterdir()}
    assert living.path.name in names
    assert len(names) == KEPT_RUNS + 2
    living.leave()
