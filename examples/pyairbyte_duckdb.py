"""Keeps a Confluence audit log in a DuckDB file, and asks it what a security team wants to know.

    pip install airbyte
    npm run setup
    python examples/pyairbyte_duckdb.py secrets/config.json secrets/audit.duckdb

The first run reads from the backfill start time on, each later one only what is new: where it was
lies in the DuckDB file. `secrets/config.json`, which git ignores, holds the connector's settings, and
should be readable for nobody else:

    {"email": "…", "cloud_id": "acme.atlassian.net", "api_token": "…", "backfill_start_time": "2026-01-01"}

The file then has the views of sql/duckdb/, too: see docs/views-and-detections.md. It asks nobody but
Atlassian: no registry of connectors, and no telemetry.
"""

import itertools
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

ROOT = Path(__file__).resolve().parents[1]
SQL = ROOT / "sql" / "duckdb"
COLUMNS = ("happened", "actor", "finding", "object", "address", "events")
ROWS_SHOWN = 5


def main(settings: Path, database: Path) -> None:
    source = ab.get_source(
        "source-confluence-audit-logs",
        config=json.loads(settings.read_text(encoding="utf-8")),
        local_executable=str(ROOT / "bin" / "main"),
        install_if_missing=False,
        streams="*",
    )
    source.check()
    with DuckDBCache(db_path=database) as cache:
        result = source.read(cache)
    print(f"{result.processed_records} new records in {database}")
    with duckdb.connect(database) as connection:
        for name in ("views", "findings"):
            connection.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))
        print_findings(connection)


def print_findings(connection: duckdb.DuckDBPyConnection) -> None:
    query = f"SELECT detection, {', '.join(COLUMNS)} FROM audit_findings ORDER BY happened DESC"
    found: dict[str, list[tuple]] = {}
    for detection, *row in connection.execute(query).fetchall():
        found.setdefault(detection, []).append(tuple(row))
    for path in sorted((SQL / "detections").glob("*.sql")):
        rows = found.get(path.stem, [])
        sentence = comment_of(path.read_text(encoding="utf-8"))
        print(f"\n{path.stem}: {len(rows)}. {sentence}")
        if rows:
            print("  " + " | ".join(COLUMNS))
        for row in rows[:ROWS_SHOWN]:
            print("  " + " | ".join(one_line(value) for value in row))


def comment_of(sql: str) -> str:
    """The first sentence of its comment."""
    lines = itertools.takewhile(lambda line: line.startswith("-- "), sql.splitlines())
    return " ".join(line.removeprefix("-- ") for line in lines).split(". ")[0] + "."


def one_line(value: object) -> str:
    """Names in a log may hold line breaks."""
    return " ".join(str("" if value is None else value).split())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
