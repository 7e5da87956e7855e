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
QUERIES = sorted((EXAMPLES / "queries").glob("*.sql"))
#: Nobody in the sandbox's log ever moves, so one event is made to come from a new address.
FROM_ELSEWHERE = """
    UPDATE audit_records SET remoteaddress = '198.51.100.7' WHERE id = (
        SELECT id FROM audit_records WHERE (author ->> 'accountId') IS NOT NULL
        ORDER BY createdat DESC LIMIT 1
    )
"""


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
    with duckdb.connect(database) as connection:
        connection.execute(FROM_ELSEWHERE)
    return done.stdout, database


def test_pyairbyte_example_reads_and_answers(example):
    printed, _ = example
    assert "12000 new records" in printed
    for query in QUERIES:
        question = query.read_text("utf-8").split("\n", 1)[0].removeprefix("-- ")
        assert question in printed


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_query_has_answers(example, path):
    with duckdb.connect(example[1], read_only=True) as database:
        assert database.sql(path.read_text("utf-8")).fetchall()


def test_query_from_where_finds_the_new_address(example):
    with duckdb.connect(example[1], read_only=True) as database:
        (row,) = database.sql(QUERIES[1].read_text("utf-8")).fetchall()
    assert row[2:] == ("198.51.100.7", 1)


def test_query_who_granted_what_names_the_rows_of_the_log(example, fixed_sandbox, tmp_path):
    log = fixed_sandbox.dump(tmp_path).read_text("utf-8").split("\n")
    records = [json.loads(line) for line in log if line]
    newest = max(record["creationDate"] for record in records)
    granted = [
        record
        for record in records
        if record["summary"] == "Global permission added"
        and record["creationDate"] > newest - 30 * 86_400_000
    ]
    with duckdb.connect(example[1], read_only=True) as database:
        rows = database.sql(QUERIES[0].read_text("utf-8")).fetchall()
    told = [row for row in rows if row[2] == "Global permission added"]
    assert len(told) == len(granted) > 0
    assert {row[5] for row in told} == {
        f"Type={record['changedValues'][0]['newValue']}" for record in granted
    }


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
