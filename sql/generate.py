"""Writes sql/<database>/ from sql/source/ and sql/event-map.tsv: `npm run sql`.

The sources are SQL as DuckDB writes it, with the functions of dialects.py where databases differ. `views.sql`
makes the views, `findings.sql` a view over all detections, `detections/` has each of them by itself.
"""

import csv
import sys
from pathlib import Path

import sqlglot
from sqlglot import exp

from dialects import FUNCTIONS, JSON_ROWS

HERE = Path(__file__).parent
#: BigQuery wants a data set before every name in a view; this one is to be replaced by one's own.
DATASET = "confluence"
TABLE = "audit_records"
MAP_VIEW = "audit_event_map"
MAP_COLUMNS = ["line", "action", "pattern", "summary", "category", "sure"]
MAP_COLUMNS += ["class_uid", "class_name", "activity_id", "activity_name", "severity"]
MAP_START = "SELECT * FROM (VALUES"
NUMBERS = {"line", "class_uid", "activity_id", "severity"}
NULLS_ARE_SMALL = {"bigquery", "databricks"}
FINDINGS_VIEW = "audit_findings"


def generate() -> dict[Path, str]:
    """What each file holds, by its path in sql/."""
    views = _views()
    detections = _sources("detections")
    known = {TABLE, FINDINGS_VIEW, *views}
    files: dict[Path, str] = {}
    for dialect in FUNCTIONS:
        folder = Path(dialect)
        files[folder / "views.sql"] = "\n".join(
            _create(name, head, body, dialect, known) for name, (head, body) in views.items()
        )
        for name, (head, body) in detections.items():
            query = translate(body, dialect, known)
            files[folder / "detections" / f"{name}.sql"] = f"{head}{query};\n"
        files[folder / "findings.sql"] = _create(
            FINDINGS_VIEW,
            "-- What all detections find, in one view. Whoever looks at it on a schedule asks for what\n"
            "-- happened since, or joins audit_events by `id` and asks for what was read since (`read_ms`).\n",
            _findings({name: body for name, (_, body) in detections.items()}),
            dialect,
            known,
        )
    return files


def read_map() -> list[dict[str, str]]:
    with (HERE / "event-map.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def translate(source: str, dialect: str, known: set[str]) -> str:
    """A query of sql/source as this database writes it."""
    tree = sqlglot.parse_one(source, read="duckdb")
    for call in reversed(list(tree.find_all(exp.Anonymous))):
        name = str(call.this).lower()
        arguments = [argument.sql(dialect) for argument in call.expressions]
        if name == "json_rows":
            _replace_join(call.find_ancestor(exp.Join), arguments, dialect)
        else:
            template = FUNCTIONS[dialect][name]
            text = template(*arguments) if callable(template) else template.format(*arguments)
            call.replace(sqlglot.parse_one(text, read=dialect))
    if dialect == "databricks":
        _write_structs_as_json(tree)
    for ordered in tree.find_all(exp.Ordered) if dialect in NULLS_ARE_SMALL else []:
        # None of the columns that order anything is ever NULL.
        ordered.set("nulls_first", not ordered.args.get("desc"))
    if dialect == "postgres":
        # Otherwise it writes each expression out wherever its name is used, and again in what uses that.
        for table in tree.find_all(exp.CTE):
            table.set("materialized", True)
    if dialect == "bigquery":
        for table in tree.find_all(exp.Table):
            if table.name in known:
                table.set("db", exp.to_identifier(DATASET))
    if source.startswith(MAP_START):
        row = "STRUCT(" if dialect == "bigquery" else "("
        return tree.sql(dialect).replace(f"), {row}", f"),\n  {row}")
    return tree.sql(dialect, pretty=True)


def _replace_join(join: exp.Join, arguments: list[str], dialect: str) -> None:
    fragment = JSON_ROWS[dialect].format(*arguments)
    parsed = sqlglot.parse_one(f"SELECT 1 FROM t {fragment}", read=dialect)
    select = join.parent_select
    select.args["joins"].remove(join)
    for kind in ("joins", "laterals"):
        select.set(kind, [*(select.args.get(kind) or []), *(parsed.args.get(kind) or [])])


def _write_structs_as_json(tree: exp.Expression) -> None:
    """Databricks builds structs; the outermost one, which has a name, becomes text."""
    for alias in tree.find_all(exp.Alias):
        if alias.alias == "event":
            alias.set("this", exp.func("TO_JSON", alias.this))


def _create(name: str, head: str, body: str, dialect: str, known: set[str]) -> str:
    full = f"{DATASET}.{name}" if dialect == "bigquery" else name
    return f"{head}CREATE OR REPLACE VIEW {full} AS\n{translate(body, dialect, known)};\n"


def _views() -> dict[str, tuple[str, str]]:
    views = {name.split("-", 1)[1]: text for name, text in _sources("views").items()}
    after_changes = list(views).index("audit_changes") + 1
    ordered = list(views.items())
    ordered.insert(after_changes, (MAP_VIEW, _map_source()))
    return dict(ordered)


def _findings(detections: dict[str, str]) -> str:
    """All detections as one query, in which audit_events is worked out once."""
    selects = []
    for name, body in detections.items():
        tree = sqlglot.parse_one(body, read="duckdb")
        tree.set("order", None)
        for table in tree.find_all(exp.Table):
            if table.name == "audit_events":
                table.set("this", exp.to_identifier("every_event"))
        selects.append(f"SELECT '{name}' AS detection, d.* FROM ({tree.sql('duckdb')}) AS d")
    start = "WITH every_event AS (SELECT * FROM audit_events)\n"
    return start + "\nUNION ALL\n".join(selects)


def _map_source() -> tuple[str, str]:
    rows = [
        ", ".join(_literal(column, {**row, "line": str(line)}[column]) for column in MAP_COLUMNS)
        for line, row in enumerate(read_map(), 1)
    ]
    values = ",\n".join(f"({row})" for row in rows)
    head = "-- The map of sql/event-map.tsv, which has the sources of each line, too.\n"
    return head, f"{MAP_START}\n{values}) AS m({', '.join(MAP_COLUMNS)})"


def _literal(column: str, value: str) -> str:
    if column in NUMBERS:
        return value
    return "'" + value.replace("'", "''") + "'" if value else "NULL"


def _sources(folder: str) -> dict[str, tuple[str, str]]:
    """Each file's comment at its head, and the query under it, by the file's name."""
    sources = {}
    for path in sorted((HERE / "source" / folder).glob("*.sql")):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        end = next(n for n, line in enumerate(lines) if not line.startswith("--"))
        sources[path.stem] = ("".join(lines[:end]), "".join(lines[end:]).rstrip().rstrip(";"))
    return sources


def main() -> None:
    files = generate()
    for path, text in files.items():
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_text(text, encoding="utf-8")
    for dialect in FUNCTIONS:
        for path in (HERE / dialect).rglob("*.sql"):
            if path.relative_to(HERE) not in files:
                path.unlink()
    print(f"{len(files)} files in {HERE}", file=sys.stderr)


if __name__ == "__main__":
    main()
