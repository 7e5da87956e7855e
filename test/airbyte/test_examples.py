"""The examples, run as their readers would run them."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from conftest import MAIN, ROOT

EXAMPLES = ROOT / "examples"
DETECTIONS = sorted((ROOT / "sql" / "duckdb" / "detections").glob("*.sql"))


@pytest.fixture(scope="module")
def example(fixed_sandbox, tmp_path_factory) -> tuple[str, Path]:
    """What examples/pyairbyte_duckdb.py prints, and the database it leaves behind."""
    folder = tmp_path_factory.mktemp("example")
    settings = folder / "settings.json"
    settings.write_text(json.dumps(fixed_sandbox.settings))
    database = folder / "audit.duckdb"
    script = EXAMPLES / "pyairbyte_duckdb.py"
    done = subprocess.run(
        [sys.executable, script, settings, database],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, database


def test_pyairbyte_example_reads_and_answers(example):
    printed, database = example
    assert "12000 new records" in printed
    with duckdb.connect(database, read_only=True) as connection:
        query = "SELECT detection, COUNT(*) FROM audit_findings GROUP BY detection"
        found = dict(connection.execute(query).fetchall())
    assert found
    for path in DETECTIONS:
        comment = " ".join(path.read_text("utf-8").split("\n-- ")).removeprefix("-- ")
        sentence = comment[: comment.index(". ") + 1]
        heading = "  happened | actor | finding | object | address | events\n" if path.stem in found else ""
        assert f"\n{path.stem}: {found.get(path.stem, 0)}. {sentence}\n{heading}" in printed
    # Each line of a finding has each of the columns, whatever stands in its names.
    rows = [line for line in printed.split("\n") if line.startswith("  ")]
    assert len(rows) > len(found)
    assert {line.count(" | ") for line in rows} == {5}


def test_ci_example_keeps_records_and_state(sandbox, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(sandbox.settings))
    catalog = ROOT / "test_files" / "configured_catalog.json"
    (tmp_path / "catalog.json").write_bytes(catalog.read_bytes())

    def sync() -> subprocess.CompletedProcess:
        return subprocess.run(
            ["sh", EXAMPLES / "ci" / "sync.sh", tmp_path],
            env={**os.environ, "CONNECTOR": str(MAIN)},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def kept() -> list[str]:
        lines = (tmp_path / "records.jsonl").read_text("utf-8").split("\n")
        return [json.loads(line)["id"] for line in lines if line]

    first = sync()
    assert (first.returncode, first.stderr) == (0, "")
    assert len(kept()) == 3000
    sandbox.tell(add=[int(time.time() * 1000) - 1000, int(time.time() * 1000) - 900])
    assert sync().returncode == 0
    assert len(kept()) == len(set(kept())) == 3002
    sandbox.tell(refuse={"status": 401, "times": 1})
    refused = sync()
    assert refused.returncode == 1
    assert "FAILED Atlassian refused" in refused.stdout
    assert json.loads((tmp_path / "state.json").read_text())[0]["type"] == "STREAM"
    assert {path.name for path in tmp_path.iterdir()} >= {"state.json", "records.jsonl"}
