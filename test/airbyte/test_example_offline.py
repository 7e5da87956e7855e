"""The PyAirbyte example where nothing but Atlassian can be reached: a network that is this machine's alone."""

import os
import shutil
import subprocess
import sys

import pytest

from conftest import ROOT

#: A sandbox and the example, in a network with a loopback device and nothing else.
SCRIPT = """
ip link set lo up
mkfifo hold
"$NODE" "$DRIVER" <hold >settings.json &
exec 3>hold
while [ ! -s settings.json ]; do sleep 0.1; done
exec "$PYTHON" "$EXAMPLE" settings.json audit.duckdb
"""
IN_A_NETWORK = ["unshare", "--net", "sh", "-ec"]
#: What scripts/test-airbyte.mjs sets for all tests, and the example has to set by itself.
SET_BY_THE_EXAMPLE = {"AIRBYTE_OFFLINE_MODE", "DO_NOT_TRACK"}


def has_networks() -> bool:
    if not all(shutil.which(program) for program in ("unshare", "ip")):
        return False
    return subprocess.run([*IN_A_NETWORK, "ip link set lo up"], capture_output=True).returncode == 0


@pytest.mark.skipif(not has_networks(), reason="takes root, and the programs unshare and ip")
def test_pyairbyte_example_asks_nobody_but_atlassian(tmp_path):
    done = subprocess.run(
        [*IN_A_NETWORK, SCRIPT],
        cwd=tmp_path,
        env={
            **{name: value for name, value in os.environ.items() if name not in SET_BY_THE_EXAMPLE},
            "NODE": os.environ.get("NODE", "node"),
            "DRIVER": str(ROOT / "dist" / "sandbox-driver.js"),
            "PYTHON": sys.executable,
            "EXAMPLE": str(ROOT / "examples" / "pyairbyte_duckdb.py"),
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "3000 new records" in done.stdout
