"""What the tests share: the connector, a sandbox to read from, and an eye on every line that is read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from airbyte._executors.local import PathExecutor

import protocol

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "sql"))
MAIN = ROOT / "bin" / "main"
pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]


class Sandbox:
    """A Confluence Cloud on this machine, in a process of its own (sandbox-driver.ts)."""

    def __init__(self, *args: str) -> None:
        driver = ROOT / "dist" / "sandbox-driver.js"
        self.process = subprocess.Popen(
            [os.environ.get("NODE", "node"), str(driver), *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.settings: dict = self._answer()

    def tell(self, **command) -> dict:
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def dump(self, folder: Path) -> Path:
        """The whole log as a file of JSON lines, oldest first."""
        path = folder / "log.jsonl"
        self.tell(dump=str(path))
        return path

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=10)

    def _answer(self) -> dict:
        return json.loads(self.process.stdout.readline())


@pytest.fixture
def sandbox():
    """A log of the last 30 days that tests may add to."""
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session")
def fixed_sandbox():
    """The log that never changes: the one that acceptance-test-config.yml is about."""
    sandbox = Sandbox("acceptance")
    yield sandbox
    sandbox.close()


@pytest.fixture(autouse=True)
def every_line(monkeypatch):
    """Holds every line that PyAirbyte reads from the connector against the official models."""
    lines: list[str] = []
    execute = PathExecutor.execute

    def watched(self, *args, **options):
        for line in execute(self, *args, **options):
            lines.append(line)
            yield line

    monkeypatch.setattr(PathExecutor, "execute", watched)
    yield lines
    for line in lines:
        protocol.parse(line)
