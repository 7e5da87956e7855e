"""The two databases that the views and detections are run on: DuckDB and PostgreSQL, filled by PyAirbyte."""

import json
import shutil
from pathlib import Path

import airbyte as ab
import duckdb
import psycopg
from airbyte.caches import DuckDBCache, PostgresCache
from airbyte.caches.base import CacheBase

from conftest import MAIN, ROOT

SQL = ROOT / "sql"


def read_into(cache: CacheBase, settings: dict) -> None:
    source = ab.get_source(
        "source-confluence-audit-logs",
        config=settings,
        local_executable=str(MAIN),
        install_if_missing=False,
        streams="*",
    )
    source.read(cache)
    cache.close()


class Warehouse:
    """A database with the table audit_records, and the views over it once `install` has been called."""

    dialect: str

    def run(self, script: str) -> None:
        raise NotImplementedError

    def rows(self, query: str) -> list[dict]:
        raise NotImplementedError

    def copy(self, name: str) -> "Warehouse":
        """The same table again, with views of its own, to be changed."""
        raise NotImplementedError

    def install(self) -> None:
        for name in ("views", "findings"):
            self.run((SQL / self.dialect / f"{name}.sql").read_text("utf-8"))

    def detect(self, name: str) -> list[dict]:
        """What the file of a detection finds."""
        return self.rows((SQL / self.dialect / "detections" / f"{name}.sql").read_text("utf-8"))


class DuckDB(Warehouse):
    dialect = "duckdb"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = duckdb.connect(path)

    @classmethod
    def read(cls, settings: dict, path: Path) -> "DuckDB":
        read_into(DuckDBCache(db_path=path), settings)
        return cls(path)

    def run(self, script: str) -> None:
        self.connection.execute(script)

    def rows(self, query: str) -> list[dict]:
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def copy(self, name: str) -> "DuckDB":
        self.connection.execute("CHECKPOINT")
        return DuckDB(Path(shutil.copy(self.path, self.path.with_name(f"{name}.duckdb"))))


class Postgres(Warehouse):
    dialect = "postgres"

    def __init__(self, port: int, schema: str) -> None:
        self.port = port
        self.schema = schema
        address = f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
        self.connection = psycopg.connect(address, autocommit=True)
        self.run(f"SET search_path = {schema}")

    @classmethod
    def read(cls, settings: dict, port: int) -> "Postgres":
        where = {"host": "127.0.0.1", "port": port, "database": "postgres"}
        read_into(PostgresCache(username="postgres", password="", **where), settings)
        return cls(port, "airbyte_raw")

    def run(self, script: str) -> None:
        self.connection.execute(script)

    def rows(self, query: str) -> list[dict]:
        cursor = self.connection.execute(query)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def copy(self, name: str) -> "Postgres":
        self.run(f"CREATE SCHEMA {name}")
        self.run(f"CREATE TABLE {name}.audit_records AS SELECT * FROM {self.schema}.audit_records")
        copy = Postgres(self.port, name)
        copy.install()
        return copy


def as_json(value: object) -> object:
    """A JSON column's value: PostgreSQL's client parses it, DuckDB's gives text."""
    return json.loads(value) if isinstance(value, str) else value
