"""Keeps a Confluence audit log in a DuckDB file, and shows what a security team should look at.

    pip install airbyte
    npm run setup
    python examples/pyairbyte_duckdb.py settings.json audit.duckdb

The first run reads from the backfill start time on, each later one only what is new: where it was
lies in the DuckDB file. `settings.json` holds the connector's settings, and should be readable for
nobody else:

    {"email": "…", "cloud_id": "acme.atlassian.net", "api_token": "…", "backfill_start_time": "2026-01-01"}

It asks nobody but Atlassian: no registry of connectors, and no telemetry.
"""

import json
import os
import sys
from pathlib import Path

# PyAirbyte looks at these when it is imported.
os.environ["AIRBYTE_OFFLINE_MODE"] = "1"
os.environ["DO_NOT_TRACK"] = "1"

import airbyte as ab  # noqa: E402
import duckdb  # noqa: E402
from airbyte.caches import DuckDBCache  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
CONNECTOR = ROOT / "bin" / "main"
SQL = ROOT / "sql" / "duckdb"
FINDINGS = """
    SELECT happened, severity, finding, actor, object
    FROM audit_findings ORDER BY happened DESC LIMIT 20
"""


def main(settings: Path, database: Path) -> None:
    source = ab.get_source(
        "source-confluence-audit-logs",
        config=json.loads(settings.read_text(encoding="utf-8")),
        local_executable=str(CONNECTOR),
        install_if_missing=False,
        streams="*",
    )
    source.check()
    with DuckDBCache(db_path=database) as cache:
        result = source.read(cache)
        print(f"{result.processed_records} new records in {database}")
    with duckdb.connect(str(database)) as connection:
        for file in ("views.sql", "findings.sql"):
            connection.execute((SQL / file).read_text(encoding="utf-8"))
        print("The newest of what the detections found:")
        for row in connection.execute(FINDINGS).fetchall():
            print("  " + " | ".join(str(value) for value in row))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
