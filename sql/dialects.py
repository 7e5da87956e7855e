"""Where databases differ: JSON, times, patterns. Everything else sqlglot translates.

Each entry is how a database writes a function that sql/source uses: a template in which `{0}`, `{1}` stand for
the arguments, or a function of all of them.

The nested columns are what Airbyte makes of them: JSON (DuckDB, BigQuery; PyAirbyte's PostgreSQL), JSONB
(PostgreSQL), OBJECT and ARRAY (Snowflake), STRING with JSON in it (Databricks).
"""

from collections.abc import Callable

Template = str | Callable[..., str]


def _pairs(start: str, end: str) -> Template:
    return lambda *arguments: f"{start}{', '.join(arguments)}{end}"


#: For a join: the items of a JSON array, one a row, as `item`, with their `place` from 0 on.
JSON_ROWS = {
    "duckdb": (
        "CROSS JOIN LATERAL (SELECT UNNEST(CAST({0} AS JSON[])) AS item,"
        " UNNEST(RANGE(CAST(JSON_ARRAY_LENGTH({0}) AS BIGINT))) AS place) AS o"
    ),
    "postgres": (
        "CROSS JOIN LATERAL (SELECT e.item, CAST(e.nth AS INT) - 1 AS place FROM JSONB_ARRAY_ELEMENTS("
        "CASE WHEN JSONB_TYPEOF(CAST({0} AS JSONB)) = 'array' THEN CAST({0} AS JSONB) END)"
        " WITH ORDINALITY AS e(item, nth)) AS o"
    ),
    "snowflake": (
        "CROSS JOIN LATERAL FLATTEN(INPUT => {0}) AS o(seq, key, path, place, item, this)"
    ),
    "bigquery": "CROSS JOIN UNNEST(JSON_QUERY_ARRAY({0})) AS item WITH OFFSET AS place",
    "databricks": "LATERAL VIEW POSEXPLODE(FROM_JSON({0}, 'ARRAY<STRING>')) o AS place, item",
}

FUNCTIONS: dict[str, dict[str, Template]] = {
    "duckdb": {
        "json_text": lambda value, key: f"({value} ->> '$.{key.strip(chr(39))}')",
        "as_json": "CAST({0} AS JSON)",
        "obj": _pairs("JSON_MERGE_PATCH('{}', JSON_OBJECT(", "))"),
        "arr": _pairs("JSON_ARRAY(", ")"),
        "raw_text": _pairs("CAST(JSON_OBJECT(", ") AS TEXT)"),
        "millis": "EPOCH_MS({0})",
        "now_millis": "EPOCH_MS(CURRENT_TIMESTAMP)",
        "matches": "REGEXP_MATCHES({0}, {1})",
        "one_line": "REGEXP_REPLACE({0}, '[[:space:]]+', ' ', 'g')",
    },
    "postgres": {
        "json_text": "(CAST({0} AS JSONB) ->> {1})",
        "as_json": "CAST({0} AS JSONB)",
        "obj": _pairs("JSONB_STRIP_NULLS(JSONB_BUILD_OBJECT(", "))"),
        "arr": _pairs("JSONB_BUILD_ARRAY(", ")"),
        "raw_text": _pairs("CAST(JSONB_BUILD_OBJECT(", ") AS TEXT)"),
        "millis": "CAST(EXTRACT(EPOCH FROM {0}) * 1000 AS BIGINT)",
        "now_millis": "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)",
        "matches": "({0} ~ {1})",
        "one_line": "REGEXP_REPLACE({0}, '[[:space:]]+', ' ', 'g')",
    },
    "snowflake": {
        "json_text": "CAST(GET({0}, {1}) AS VARCHAR)",
        "as_json": "CAST({0} AS VARIANT)",
        # OBJECT_CONSTRUCT leaves out what is NULL.
        "obj": _pairs("OBJECT_CONSTRUCT(", ")"),
        "arr": _pairs("ARRAY_CONSTRUCT(", ")"),
        "raw_text": _pairs("TO_JSON(OBJECT_CONSTRUCT_KEEP_NULL(", "))"),
        "millis": "DATE_PART(EPOCH_MILLISECOND, {0})",
        "now_millis": "DATE_PART(EPOCH_MILLISECOND, CURRENT_TIMESTAMP())",
        # Snowflake's REGEXP_LIKE matches the whole text, as all patterns here do.
        "matches": "REGEXP_LIKE({0}, {1})",
        "one_line": "REGEXP_REPLACE({0}, '[[:space:]]+', ' ')",
    },
    "bigquery": {
        "json_text": lambda value, key: f"JSON_VALUE({value}, '$.{key.strip(chr(39))}')",
        "as_json": "{0}",
        "obj": _pairs("JSON_STRIP_NULLS(JSON_OBJECT(", "))"),
        "arr": _pairs("JSON_ARRAY(", ")"),
        "raw_text": _pairs("TO_JSON_STRING(JSON_OBJECT(", "))"),
        "millis": "UNIX_MILLIS({0})",
        "now_millis": "UNIX_MILLIS(CURRENT_TIMESTAMP())",
        "matches": "REGEXP_CONTAINS({0}, {1})",
        "one_line": "REGEXP_REPLACE({0}, '[[:space:]]+', ' ')",
    },
    "databricks": {
        "json_text": lambda value, key: f"GET_JSON_OBJECT({value}, '$.{key.strip(chr(39))}')",
        "as_json": "PARSE_JSON({0})",
        # TO_JSON leaves out what is NULL.
        "obj": _pairs("NAMED_STRUCT(", ")"),
        "arr": _pairs("ARRAY(", ")"),
        "raw_text": _pairs("TO_JSON(NAMED_STRUCT(", "), MAP('ignoreNullFields', 'false'))"),
        "millis": "UNIX_MILLIS({0})",
        "now_millis": "UNIX_MILLIS(CURRENT_TIMESTAMP())",
        "matches": "({0} RLIKE {1})",
        "one_line": "REGEXP_REPLACE({0}, '[ \\\\t\\\\n\\\\r\\\\f]+', ' ')",
    },
}
