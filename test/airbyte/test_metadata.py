"""metadata.yaml against the connector registry's own model, which allows no key it does not know."""

import yaml
from airbyte_connector_models.metadata.v0.connector_metadata_definition_v0 import (
    ConnectorMetadataDefinitionV0,
)

from conftest import ROOT


def test_metadata_is_what_the_registry_wants():
    metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text("utf-8"))
    data = ConnectorMetadataDefinitionV0.model_validate(metadata).data
    assert data.docker_repository == "source-confluence-audit-logs"
    assert "api.atlassian.com" in data.allowed_hosts.hosts
    assert (ROOT / data.icon).is_file()
