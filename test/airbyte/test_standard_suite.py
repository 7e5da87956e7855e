"""Airbyte's own standard tests for sources (FAST, airbyte_cdk.test.standard_tests) on this connector.

They run from the same acceptance-test-config.yml and test_files/ as everyone's, laid out in a folder
of their own with secrets/config.json filled in.
"""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
import yaml
from airbyte_cdk.test import entrypoint_wrapper
from airbyte_cdk.test.models.scenario import LEGACY_ENTRY_KEYS, ConnectorTestScenario
from airbyte_cdk.test.standard_tests import SourceTestSuiteBase

from conftest import MAIN, ROOT

FOLDER = Path(tempfile.mkdtemp()) / "source-confluence-audit-logs"


class Connector:
    """Something with a `spec`, by which the suite knows a connector; `run_command` does the work."""

    def spec(self, logger: object) -> None:
        raise NotImplementedError


def run_command(source, args, expecting_exception=None, *, expected_outcome=None):
    """Runs bin/main where the suite would have called a Python class."""
    done = subprocess.run([MAIN, *args], capture_output=True, text=True, encoding="utf-8")
    failed = subprocess.CalledProcessError(done.returncode, args) if done.returncode else None
    return entrypoint_wrapper.EntrypointOutput(
        messages=done.stdout.split("\n")[:-1], uncaught_exception=failed, stderr=done.stderr
    )


def without_keys_of_cat(config: dict) -> dict:
    """The standard tests refuse what only the older Connector Acceptance Test reads."""
    known = set(ConnectorTestScenario.model_fields)
    for section, content in config["acceptance_tests"].items():
        accepted = known | LEGACY_ENTRY_KEYS.get(section, frozenset())
        content["tests"] = [
            {key: value for key, value in entry.items() if key in accepted}
            for entry in content["tests"]
        ]
    return config


@pytest.fixture(scope="class", autouse=True)
def connector_folder(fixed_sandbox):
    """Lays out what a connector's folder holds, with settings that lead to the sandbox."""
    shutil.copytree(ROOT / "test_files", FOLDER / "test_files")
    shutil.copy(ROOT / "metadata.yaml", FOLDER)
    config = FOLDER / "secrets" / "config.json"
    config.parent.mkdir()
    config.write_text(json.dumps(fixed_sandbox.settings))
    invalid = FOLDER / "test_files" / "invalid_config.json"
    wrong = json.loads(invalid.read_text())
    invalid.write_text(json.dumps({**wrong, "api_url": fixed_sandbox.settings["api_url"]}))
    yield
    shutil.rmtree(FOLDER.parent)


@pytest.fixture(autouse=True)
def connector_is_a_program(monkeypatch):
    monkeypatch.setattr(entrypoint_wrapper, "_run_command", run_command)


class TestSource(SourceTestSuiteBase):
    connector = Connector
    # It compares with what the public registry has published; there is nothing yet.
    test_docker_image_spec_backward_compatibility = None

    @classmethod
    def get_connector_root_dir(cls) -> Path:
        return FOLDER

    acceptance_test_config = without_keys_of_cat(
        yaml.safe_load((ROOT / "acceptance-test-config.yml").read_text("utf-8"))
    )


def test_documented_checks_exist():
    """The list in docs/acceptance-checks.md names what the suite has, and all of it."""
    page = (ROOT / "docs" / "acceptance-checks.md").read_text("utf-8")
    listed = set(re.findall(r"^\| FAST \| `(\w+)` \|", page, re.MULTILINE))
    assert listed == {name for name in dir(SourceTestSuiteBase) if name.startswith("test_")}
