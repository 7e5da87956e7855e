"""What no destination can hold: half a surrogate pair, and U+0000. No record vanishes, no sync is stuck."""

import json
import subprocess
import time
from pathlib import Path

import orjson
import pytest
from airbyte_protocol.models import Level, Type

import postgres
import protocol
from conftest import MAIN, ROOT, Sandbox
from ids import ids_of
from quiet_log import captured
from warehouses import DuckDB, Postgres, as_json

#: What Confluence might send, and what leaves the connector.
NAMES = {
    "half \ud83d of a pair": "half \ufffd of a pair",
    "\udc00 the other half": "\ufffd the other half",
    "\udc00\ud83d the wrong way round": "\ufffd\ufffd the wrong way round",
    "nothing \u0000 at all": "nothing \ufffd at all",
    "a whole \U0001f600 pair": "a whole \U0001f600 pair",
    "a written \\u0000 and \\ud83d": "a written \\u0000 and \\ud83d",
}
#: Characters of NAMES that are replaced; each name stands in three places of its record.
REPLACED = 3 * 5


def _log(time_ms: int, names: list[str]) -> list[dict]:
    """A record a name, which stands in a text, in an object and in a changed value of it."""
    records = []
    for n, name in enumerate(names):
        record = captured("page-archived")
        record |= {"creationDate": time_ms + n, "summary": name}
        record["associatedObjects"][0]["name"] = name
        record["changedValues"][0]["newValue"] = name
        records.append(record)
    return records


@pytest.fixture(scope="module")
def times() -> int:
    return int(time.time() * 1000) - 3_600_000


@pytest.fixture(scope="module")
def odd_sandbox(times, tmp_path_factory):
    path = tmp_path_factory.mktemp("odd") / "log.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in _log(times, list(NAMES))))
    sandbox = Sandbox(str(path))
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def output(odd_sandbox, tmp_path_factory) -> Path:
    """What the connector writes."""
    folder = tmp_path_factory.mktemp("output")
    (folder / "config.json").write_text(json.dumps(odd_sandbox.settings))
    catalog = ROOT / "test_files" / "configured_catalog.json"
    path = folder / "output.jsonl"
    with path.open("wb") as file:
        command = [MAIN, "read", "--config", folder / "config.json", "--catalog", catalog]
        assert subprocess.run(command, stdout=file, timeout=60).returncode == 0
    return path


def _summaries(records: list[dict]) -> list[str]:
    return [record["summary"] for record in records]


def test_the_official_model_reads_every_record(output, odd_sandbox, times):
    messages = [protocol.parse(line) for line in output.read_text("utf-8").split("\n") if line]
    records = [message.record.data for message in messages if message.type == Type.RECORD]
    assert _summaries(records) == list(NAMES.values())
    expected = _log(times, list(NAMES.values()))
    assert [record["id"] for record in records] == ids_of(expected, odd_sandbox.settings["cloud_id"])
    for record, sent in zip(records, expected, strict=True):
        assert {key: record[key] for key in sent} == sent
    warnings = [m.log.message for m in messages if m.type == Type.LOG and m.log.level == Level.WARN]
    (told,) = [text for text in warnings if "U+FFFD" in text]
    # Rows that two answers showed count twice.
    assert int(told.split(" ", 1)[0]) >= REPLACED


def test_orjson_reads_every_record(output):
    messages = [orjson.loads(line) for line in output.read_bytes().split(b"\n") if line]
    records = [message["record"]["data"] for message in messages if message["type"] == "RECORD"]
    assert _summaries(records) == list(NAMES.values())


def test_jq_reads_every_record(output):
    command = ["jq", "-c", 'select(.type == "RECORD") | .record.data.summary', output]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("NOT TESTED: there is no jq here")
    told = [json.loads(line) for line in done.stdout.decode().split("\n") if line]
    assert (done.returncode, told) == (0, list(NAMES.values()))


def test_duckdb_holds_every_record(odd_sandbox, tmp_path):
    _assert_held(DuckDB.read(odd_sandbox.settings, tmp_path / "audit.duckdb"))


def test_postgres_holds_every_record(odd_sandbox):
    with postgres.server() as port:
        if port is None:
            pytest.skip("NOT TESTED: there is no PostgreSQL here and none can be installed")
        warehouse = Postgres.read(odd_sandbox.settings, port)
        _assert_held(warehouse)
        warehouse.connection.close()


def _assert_held(warehouse) -> None:
    rows = warehouse.rows(
        "SELECT summary, changedvalues, associatedobjects FROM audit_records ORDER BY creationdate"
    )
    told = [
        (
            row["summary"],
            as_json(row["changedvalues"])[0]["newValue"],
            as_json(row["associatedobjects"])[0]["name"],
        )
        for row in rows
    ]
    assert told == [(name, name, name) for name in NAMES.values()]
    warehouse.install()
    assert len(warehouse.rows("SELECT * FROM audit_ocsf")) == len(NAMES)
