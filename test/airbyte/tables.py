"""Compares a cache's table with the sandbox's log, in SQL."""

import json
from pathlib import Path

import pandas
from airbyte.caches.base import CacheBase

from ids import ids_of

#: What a row of the log is held against, by the names that the cache gives the columns.
PLAIN = {
    "remoteaddress": "remoteAddress",
    "creationdate": "creationDate",
    "summary": "summary",
    "description": "description",
    "category": "category",
    "sysadmin": "sysAdmin",
    "superadmin": "superAdmin",
}
NESTED = {
    "author": "author",
    "affectedobject": "affectedObject",
    "changedvalues": "changedValues",
    "associatedobjects": "associatedObjects",
}


def load_log(cache: CacheBase, log: Path, cloud_id: str) -> None:
    """Puts the sandbox's log into the table `log`, with the ids that the formula gives it."""
    # Split at line feeds alone: names hold other line separators.
    records = [json.loads(line) for line in log.read_text("utf-8").split("\n") if line]
    rows = [
        {
            "id": record_id,
            "cloudid": cloud_id,
            **{column: record.get(field) for column, field in PLAIN.items()},
            **{column: _as_json(record.get(field)) for column, field in NESTED.items()},
        }
        for record, record_id in zip(records, ids_of(records, cloud_id), strict=True)
    ]
    engine = cache.get_sql_engine()
    pandas.DataFrame(rows).to_sql(
        "log", engine, schema=cache.schema_name, if_exists="replace", index=False
    )


def count(cache: CacheBase, query: str) -> int:
    ((value,),) = [row.values() for row in cache.run_sql_query(query)]
    return value


def assert_equals_log(cache: CacheBase, log: Path, cloud_id: str, as_json: str, epoch: str) -> None:
    """The table `audit_records` holds the log: every record once, in every column.

    `as_json` casts a nested column to something that compares, `epoch` makes milliseconds of
    `createdat`; databases differ there.
    """
    load_log(cache, log, cloud_id)
    schema = cache.schema_name
    table, expected = f"{schema}.audit_records", f"{schema}.log"
    size = count(cache, f"SELECT count(*) FROM {expected}")
    assert count(cache, f"SELECT count(*) FROM {table}") == size
    assert count(cache, f"SELECT count(DISTINCT id) FROM {table}") == size
    columns = ", ".join(["id", "cloudid", *PLAIN, *(as_json.format(name) for name in NESTED)])
    mine, theirs = f"SELECT {columns} FROM {table}", f"SELECT {columns} FROM {expected}"
    for one, other in [(mine, theirs), (theirs, mine)]:
        different = cache.run_sql_query(f"{one} EXCEPT {other}")
        assert not different, different[:3]
    wrong_time = f"SELECT count(*) FROM {table} WHERE {epoch} <> creationdate"
    assert count(cache, wrong_time) == 0
    assert count(cache, f"SELECT count(*) FROM {table} WHERE createdat IS NULL") == 0


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
