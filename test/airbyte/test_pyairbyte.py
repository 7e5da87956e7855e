"""PyAirbyte, as anyone would use it: the connector read into a database again and again."""

import json
import time
from pathlib import Path

import airbyte as ab
import pytest
from airbyte import exceptions
from airbyte.caches import DuckDBCache, PostgresCache
from airbyte.caches.base import CacheBase

import postgres
from conftest import MAIN
from tables import assert_equals_log

MINUTE_MS = 60_000
#: How the databases cast a nested column for comparing, and count milliseconds.
DUCKDB = {"as_json": "json({})", "epoch": "epoch_ms(createdat)"}
POSTGRES = {
    "as_json": "CAST({} AS JSONB)",
    "epoch": "round(extract(epoch FROM createdat) * 1000)::bigint",
}


def source_for(settings: dict) -> ab.Source:
    return ab.get_source(
        "source-confluence-audit-logs",
        config=settings,
        local_executable=str(MAIN),
        install_if_missing=False,
        streams="*",
    )


def new_and_late_events(sandbox) -> int:
    """Lets events happen, some of them noticed late, and one exactly like the one before."""
    now = int(time.time() * 1000)
    late = [now - minutes * MINUTE_MS for minutes in (55, 31, 30, 2)]
    sandbox.tell(add=[*late, now - 900, now - 900, now - 800])
    sandbox.tell(repeat=1)
    return 8


def read_three_times(sandbox, open_cache, folder: Path, dialect: dict) -> None:
    """Reads, lets things happen, reads again; each time with nothing kept but the database."""
    expected = 3000
    for _ in range(3):
        cache: CacheBase = open_cache()
        result = source_for(sandbox.settings).read(cache)
        assert result.processed_records == expected
        log = sandbox.dump(folder)
        assert_equals_log(cache, log, sandbox.settings["cloud_id"], **dialect)
        cache.close()
        expected = new_and_late_events(sandbox)
    # A full refresh afterwards meets what is there and doubles nothing.
    cache = open_cache()
    result = source_for(sandbox.settings).read(cache, force_full_refresh=True)
    assert result.processed_records == 3000 + 3 * expected
    log = sandbox.dump(folder)
    assert_equals_log(cache, log, sandbox.settings["cloud_id"], **dialect)
    cache.close()


def test_spec_check_and_discover(sandbox, every_line):
    source = source_for(sandbox.settings)
    source.validate_config()
    assert set(source.config_spec["required"]) == {"email", "cloud_id", "api_token"}
    source.check()
    assert source.get_available_streams() == ["audit_records"]
    (stream,) = source.discovered_catalog.streams
    assert stream.default_cursor_field == ["creationDate"]
    assert len(every_line) >= 3


def test_check_tells_what_is_wrong(sandbox):
    source = source_for({**sandbox.settings, "api_token": "wrong-token"})
    with pytest.raises(exceptions.AirbyteConnectorCheckFailedError) as failure:
        source.check()
    assert "Atlassian refused the API token" in str(failure.value)


def test_read_that_fails_raises(sandbox, tmp_path):
    sandbox.tell(refuse={"status": 401, "times": 1})
    cache = DuckDBCache(db_path=tmp_path / "cache.duckdb")
    with pytest.raises(exceptions.AirbyteConnectorFailedError):
        source_for(sandbox.settings).read(cache)
    cache.close()


def test_duckdb_three_reads(sandbox, tmp_path):
    path = tmp_path / "cache.duckdb"
    read_three_times(sandbox, lambda: DuckDBCache(db_path=path), tmp_path, DUCKDB)


def test_duckdb_keeps_the_state(sandbox, tmp_path):
    cache = DuckDBCache(db_path=tmp_path / "cache.duckdb")
    source_for(sandbox.settings).read(cache)
    query = "SELECT state_json FROM main._airbyte_state WHERE stream_name = 'audit_records'"
    (row,) = cache.run_sql_query(query)
    cache.close()
    state = json.loads(row["state_json"])
    assert state["type"] == "STREAM"
    assert time.time() * 1000 - state["stream"]["stream_state"]["creationDate"] < MINUTE_MS


def test_postgres_three_reads(sandbox, tmp_path):
    with postgres.server() as port:
        if port is None:
            pytest.skip("NOT TESTED: there is no PostgreSQL here and none can be installed")

        def open_cache() -> CacheBase:
            return PostgresCache(
                host="127.0.0.1", port=port, username="postgres", password="", database="postgres"
            )

        read_three_times(sandbox, open_cache, tmp_path, POSTGRES)
