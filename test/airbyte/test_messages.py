"""Every line of every command, also of those that fail, parsed by the official models."""

import json
import subprocess
import time

import pytest
from airbyte_protocol.models import (
    AirbyteMessage,
    AirbyteStateType,
    AirbyteStreamStatus,
    FailureType,
    Status,
    TraceType,
    Type,
)

import protocol
from conftest import MAIN


@pytest.fixture
def run(tmp_path):
    """Runs a command of the connector with files of these contents: its messages and exit code."""

    def run(command: str, **contents) -> tuple[list[AirbyteMessage], int]:
        args = []
        for name, content in contents.items():
            path = tmp_path / f"{name}.txt"
            path.write_text(json.dumps(content), encoding="utf-8")
            args += [f"--{name}", str(path)]
        done = subprocess.run([MAIN, command, *args], capture_output=True, cwd=tmp_path, timeout=60)
        assert done.stderr == b""
        # Split at line feeds alone: records hold other line separators.
        lines = done.stdout.decode().split("\n")
        assert lines.pop() == ""
        return [protocol.parse(line) for line in lines], done.returncode

    return run


@pytest.fixture
def catalog(run, sandbox):
    (message,), _ = run("discover", config=sandbox.settings)
    (stream,) = message.catalog.streams
    return {
        "streams": [
            {
                "stream": stream.model_dump(mode="json", exclude_none=True),
                "sync_mode": "incremental",
                "destination_sync_mode": "append_dedup",
                "generation_id": 1,
                "minimum_generation_id": 0,
                "sync_id": 7,
            }
        ]
    }


def of(messages: list[AirbyteMessage], kind: Type) -> list:
    attribute = {Type.CONNECTION_STATUS: "connectionStatus"}.get(kind, kind.value.lower())
    return [getattr(message, attribute) for message in messages if message.type == kind]


def statuses(messages: list[AirbyteMessage]) -> list[AirbyteStreamStatus]:
    traces = of(messages, Type.TRACE)
    return [t.stream_status.status for t in traces if t.type == TraceType.STREAM_STATUS]


def test_spec(run):
    (message,), code = run("spec")
    assert code == 0
    assert message.spec.connectionSpecification["required"] == ["email", "cloud_id", "api_token"]


def test_check_succeeds(run, sandbox):
    messages, code = run("check", config=sandbox.settings)
    assert code == 0
    assert [s.status for s in of(messages, Type.CONNECTION_STATUS)] == [Status.SUCCEEDED]


def test_check_fails(run, sandbox):
    messages, code = run("check", config={**sandbox.settings, "api_token": "wrong-token"})
    assert code == 0
    (status,) = of(messages, Type.CONNECTION_STATUS)
    assert status.status == Status.FAILED
    assert "token" in status.message


def test_discover(run, sandbox):
    messages, code = run("discover", config=sandbox.settings)
    assert code == 0
    (catalog,) = of(messages, Type.CATALOG)
    (stream,) = catalog.streams
    assert stream.is_resumable
    assert stream.source_defined_primary_key == [["id"]]


def test_read(run, sandbox, catalog):
    messages, code = run("read", config=sandbox.settings, catalog=catalog)
    assert code == 0
    records, states = of(messages, Type.RECORD), of(messages, Type.STATE)
    assert len(records) == 3000
    assert sum(state.sourceStats.recordCount for state in states) == 3000
    assert {state.type for state in states} == {AirbyteStateType.STREAM}
    started, running, complete = statuses(messages)
    assert (started, running, complete) == (
        AirbyteStreamStatus.STARTED,
        AirbyteStreamStatus.RUNNING,
        AirbyteStreamStatus.COMPLETE,
    )
    now = time.time() * 1000
    assert all(now - 60_000 < record.emitted_at <= now for record in records)


def test_read_that_is_rate_limited(run, sandbox, catalog):
    sandbox.tell(refuse={"status": 429, "times": 1, "headers": {"Retry-After": "1"}})
    messages, code = run("read", config=sandbox.settings, catalog=catalog)
    assert code == 0
    traces = [t.stream_status for t in of(messages, Type.TRACE) if t.stream_status]
    (waiting,) = [status for status in traces if status.reasons]
    assert waiting.status == AirbyteStreamStatus.RUNNING
    assert waiting.reasons[0].rate_limited.quota_reset > time.time() * 1000 - 60_000


def test_read_that_is_refused(run, sandbox, catalog):
    sandbox.tell(refuse={"status": 401, "times": 1})
    messages, code = run("read", config=sandbox.settings, catalog=catalog)
    assert code == 1
    (error,) = [t.error for t in of(messages, Type.TRACE) if t.type == TraceType.ERROR]
    assert error.failure_type == FailureType.config_error
    assert error.stream_descriptor.name == "audit_records"
    assert statuses(messages)[-1] == AirbyteStreamStatus.INCOMPLETE


def test_read_of_an_unknown_stream(run, sandbox, catalog):
    catalog["streams"][0]["stream"]["name"] = "users"
    messages, code = run("read", config=sandbox.settings, catalog=catalog)
    assert code == 1
    (error,) = [t.error for t in of(messages, Type.TRACE) if t.type == TraceType.ERROR]
    assert error.failure_type == FailureType.config_error


def test_discover_with_bad_settings(run):
    messages, code = run("discover", config={"email": "auditor@acme.example"})
    assert code == 1
    (error,) = [t.error for t in of(messages, Type.TRACE) if t.type == TraceType.ERROR]
    assert error.message.startswith("Config validation error")
