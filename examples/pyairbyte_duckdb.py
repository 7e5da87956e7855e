"""Keeps a Confluence audit log in a DuckDB file, and asks it what a security team wants to know.

    pip install airbyte
    npm run setup
    python examples/pyairbyte_duckdb.py settings.json audit.duckdb

The first run reads from the backfill start time on, each later one only what is new: where it was
lies in the DuckDB file. `settings.json` holds the connector's settings:

    {"email": "…", "cloud_id": "acme.atlassian.net", "api_token": "…", "backfill_start_time": "2026-01-01"}
"""

import json
import sys
from pathlib import Path

import airbyte as ab
from airbyte.caches import DuckDBCache

HERE = Path(__file__).parent
CONNECTOR = HERE.parent / "bin" / "main"
ROWS_SHOWN = 10


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
        for path in sorted((HERE / "queries").glob("*.sql")):
            question, query = path.read_text(encoding="utf-8").split("\n", 1)
            rows = cache.run_sql_query(query)
            print(f"\n{question.removeprefix('-- ')} {len(rows)} rows")
            for row in rows[:ROWS_SHOWN]:
                print("  " + " | ".join(str(value) for value in row.values()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
