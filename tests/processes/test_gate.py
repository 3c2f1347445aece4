"""The gate before the web server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portico.config.running import gate

pytestmark = pytest.mark.processes
WAITING = "from portico.config.running import gate; gate.wait(); print('through')"


def test_it_holds_a_process_back_until_it_opens(tmp_path: Path) -> None:
    path = tmp_path / "gate"
    environment = dict(os.environ, **{gate.VARIABLE: str(path)})

    with gate.closed(path):
        process = subprocess.Popen(
            [sys.executable, "-c", WAITING], env=environment, stdout=subprocess.PIPE, text=True
        )
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=1)

    assert process.communicate(timeout=20)[0] == "through\n"


def test_without_a_gate_one_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(gate.VARIABLE, raising=False)
    gate.wait()

    monkeypatch.setenv(gate.VARIABLE, str(tmp_path / "nowhere"))
    gate.wait()
