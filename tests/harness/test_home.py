import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import ConfigError, HarnessError
from harness.home import exclusive, open_home


def test_a_home_is_made_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HARNESS_HOME", raising=False)
    assert open_home().path == tmp_path / ".harness"
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path / "elsewhere"))
    assert open_home().path == tmp_path / "elsewhere"
    assert open_home(tmp_path / "given").path == tmp_path / "given"


def test_a_home_that_cannot_be_written_is_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"cannot be written.*--home"):
        open_home(tmp_path / "file" / "home")


def test_a_directory_that_refuses_even_root_is_one_clear_message() -> None:
    with pytest.raises(ConfigError, match=r"home folder /proc/home cannot be written"):
        open_home(Path("/proc/home"))


def test_a_folder_is_held_by_one_process_and_let_go_by_a_killed_one(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from harness.home import exclusive\n"
        "with exclusive(Path(sys.argv[1]), 'it'):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(HarnessError, match="it is in use by another process"), exclusive(tmp_path, "it"):
            pass
        holder.kill()
        holder.wait()
    with exclusive(tmp_path, "it"):
        pass
