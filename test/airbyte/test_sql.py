"""The views and detections of sql/, run on what PyAirbyte reads into DuckDB and PostgreSQL."""

import json
import re
from collections import defaultdict
from datetime import datetime, timezone
from pathlib import Path

import duckdb
import jsonschema
import pytest
import sqlglot
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from sqlglot import exp

import generate
import postgres
from conftest import ROOT, Sandbox
from quiet_log import ADDRESS, quiet_records, weekday
from scenes import LATE_PERSON, UNKNOWN, captured_scenes, scenes
from warehouses import SQL, DuckDB, Postgres, Warehouse, as_json

NOW = datetime.now(timezone.utc)
MIDNIGHT = weekday(NOW)
CAPTURED = captured_scenes(MIDNIGHT)
SCENES = [*CAPTURED.values(), *scenes(MIDNIGHT)]
QUIET = quiet_records(NOW)
#: As if each record had been read five minutes after it happened, and one of them a day later.
READ_IN_TIME = "UPDATE audit_records SET _airbyte_extracted_at = createdat + INTERVAL '5' MINUTE"
READ_LATE = f"""
    UPDATE audit_records SET _airbyte_extracted_at = createdat + INTERVAL '2' HOUR
    WHERE CAST(associatedobjects AS TEXT) LIKE '%{LATE_PERSON}%'
"""
#: Functions that are no database's standard and that sqlglot does not know, by their documentation.
EXTRA_FUNCTIONS = {
    "duckdb": {"JSON_MERGE_PATCH", "JSON_ARRAY_LENGTH"},
    "postgres": {"JSONB_STRIP_NULLS", "JSONB_BUILD_OBJECT", "JSONB_BUILD_ARRAY", "JSONB_TYPEOF"} | {"JSONB_ARRAY_ELEMENTS"},
    "snowflake": {"OBJECT_CONSTRUCT_KEEP_NULL", "TO_JSON"},
    "bigquery": {"JSON_STRIP_NULLS"},
    "databricks": set(),
}
GUID = "5d0c1b7e-3f42-4a86-9b1d-7e6a2c90f853"


@pytest.fixture(scope="module")
def port():
    with postgres.server() as port:
        yield port


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("log") / "log.jsonl"
    records = [*QUIET, *(scene.record for scene in SCENES)]
    times = [record["creationDate"] for record in records]
    assert len(set(times)) == len(times)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


@pytest.fixture(scope="module")
def both(log, port, tmp_path_factory) -> dict[str, Warehouse]:
    """The same log in each database; PostgreSQL only where there is one."""
    sandbox = Sandbox(str(log))
    folder = tmp_path_factory.mktemp("warehouse")
    warehouses: dict[str, Warehouse] = {
        "duckdb": DuckDB.read(sandbox.settings, folder / "audit.duckdb")
    }
    if port is not None:
        warehouses["postgres"] = Postgres.read(sandbox.settings, port)
    sandbox.close()
    for warehouse in warehouses.values():
        warehouse.run(READ_IN_TIME)
        warehouse.run(READ_LATE)
        warehouse.install()
    return warehouses


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def warehouse(request, both) -> Warehouse:
    if request.param not in both:
        pytest.skip("NOT TESTED: there is no PostgreSQL here and none can be installed")
    return both[request.param]


@pytest.fixture(scope="module")
def ocsf() -> dict[int, jsonschema.Draft202012Validator]:
    """A validator for each class of OCSF 1.8, by the class's number."""
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.8.0"))

    class Validators(dict):
        def __missing__(self, uid: int) -> jsonschema.Draft202012Validator:
            name = schema.lookup_class_name_from_uid(uid)
            self[uid] = jsonschema.Draft202012Validator(schema.get_class_schema(name, ["host"]))
            return self[uid]

    return Validators()


def test_the_files_are_what_the_sources_say():
    written = {
        path.relative_to(SQL): path.read_text("utf-8")
        for dialect in generate.FUNCTIONS
        for path in (SQL / dialect).rglob("*.sql")
    }
    assert written == generate.generate(), "run `npm run sql`"


@pytest.mark.parametrize("dialect", generate.FUNCTIONS)
def test_each_dialect_parses_and_calls_what_it_has(dialect):
    for path in (SQL / dialect).rglob("*.sql"):
        for tree in sqlglot.parse(path.read_text("utf-8"), read=dialect):
            unknown = {str(call.this).upper() for call in tree.find_all(exp.Anonymous)}
            assert unknown <= EXTRA_FUNCTIONS[dialect], path


#: What audit_events says of each captured record, besides what the record says itself.
EVENTS = {
    ("group-created", 0): {"action": "group.created", "group_name": "Engineering / Sysadmins"},
    ("page-archived", 0): {
        "action": "page.archived",
        "page": "Articles to be approved",
        "space": "Service Catalogue",
        "change_name": "Content status",
        "old_value": "current",
        "new_value": "archived",
    },
    ("space-configuration-updated", 0): {"action": "space.updated", "changes": 4},
    ("space-configuration-updated", 1): {"action": "space.updated", "changes": 5},
    ("space-created", 0): {
        "action": "space.created",
        "actor": "Alice Martin",
        "actor_id": "712020:3b9aca07-51c8-4d1e-9f0a-2c7d5e8b6f14",
        "actor_kind": "person",
        "space": "Service Catalogue",
        "space_key": "SC",
        "person": None,
        "address": ADDRESS,
    },
    ("space-created", 1): {"action": "space.created", "changes": 5, "change_name": None},
    ("space-logo-uploaded", 0): {"action": "space.logo_changed", "space": "Service Catalogue"},
    ("space-permission-added", 0): {
        "action": "space.permission_added",
        "actor": "Jürgen Groß",
        "person": "Chat Notifications",
        "group_name": None,
        "space": "Jürgen Groß",
        "space_key": "~5e3f9a1b7c2d8e4f6a0b1c2d",
        "permission": "SETSPACEPERMISSIONS",
        "permission_administers": True,
        "address": None,
        "sys_admin": True,
        "severity": 9,
    },
    ("user-added-to-group", 0): {
        "action": "group.user_added",
        "actor": "System",
        "actor_id": None,
        "actor_kind": "system",
        "person": "Priya Raghunathan",
        "group_name": "confluence-users",
        "group_id": GUID,
        "group_administers": False,
        "severity": 4,
    },
    ("user-added-to-group", 1): {
        "action": "group.user_added",
        "person": "Priya Raghunathan",
        "group_name": "Engineering / Sysadmins",
        "group_administers": True,
        "severity": 9,
    },
    ("user-created", 0): {"action": "user.created", "person": "Priya Raghunathan", "changes": 3},
    ("user-deactivated", 0): {
        "action": "user.deactivated",
        "person": "Olga Petrova",
        "object_name": None,
        "object_type": None,
    },
    ("user-deactivated", 1): {"action": "user.deactivated", "person": "Erik Lindqvist"},
    ("user-details-updated", 0): {
        "action": "user.updated",
        "person": "Olga Petrova",
        "object_name": "Olga Petrova (Deactivated)",
        "change_name": "Active",
        "old_value": "Yes",
        "new_value": "No",
    },
    ("user-details-updated", 1): {
        "action": "user.updated",
        "person": "Erik Lindqvist",
        "object_name": "Erik Lindqvist (Unlicensed)",
    },
}


@pytest.mark.parametrize("which", CAPTURED, ids=lambda which: f"{which[0]}-{which[1]}")
def test_events_of_what_was_captured(warehouse, which):
    record = CAPTURED[which].record
    time = record["creationDate"]
    (event,) = warehouse.rows(f"SELECT * FROM audit_events WHERE happened_ms = {time}")
    expected = {"summary": record["summary"], "category": record["category"], "sure": "captured"}
    expected |= EVENTS[which]
    assert {name: event[name] for name in expected} == expected
    assert event["happened"].replace(tzinfo=timezone.utc).timestamp() * 1000 == pytest.approx(time)
    assert event["read_ms"] == time + 300_000


@pytest.mark.parametrize("which", CAPTURED, ids=lambda which: f"{which[0]}-{which[1]}")
def test_changes_of_what_was_captured(warehouse, which):
    record = CAPTURED[which].record
    rows = warehouse.rows(
        f"SELECT * FROM audit_changes WHERE happened_ms = {record['creationDate']} ORDER BY place"
    )
    told = [(row["name"], row["old_value"] or "", row["new_value"] or "") for row in rows]
    assert told == [(c["name"], c["oldValue"], c["newValue"]) for c in record["changedValues"]]
    assert [row["place"] for row in rows] == list(range(len(rows)))


def test_every_record_is_an_event_and_an_ocsf_row_once(warehouse):
    for view in ("audit_events", "audit_ocsf"):
        (row,) = warehouse.rows(f"SELECT COUNT(*) AS n, COUNT(DISTINCT id) AS ids FROM {view}")
        assert row == {"n": len(QUIET) + len(SCENES), "ids": len(QUIET) + len(SCENES)}


def test_every_leaver_has_the_name_of_the_sibling(warehouse):
    rows = warehouse.rows(
        "SELECT person, happened_ms FROM audit_events WHERE action = 'user.deactivated'"
    )
    assert len(rows) > 40
    for row in rows:
        assert row["person"] in (f"Leaver of {row['happened_ms']}", "Olga Petrova", "Erik Lindqvist")


def test_events_stand_on_one_line(warehouse):
    names = ("actor", "person", "group_name", "space", "page", "object_name")
    names += ("change_name", "old_value", "new_value", "permission", "space_key")
    rows = warehouse.rows(f"SELECT {', '.join(names)} FROM audit_events")
    told = {name for row in rows for name in row.values()} - {None}
    values = {"Display name", "Priya R.", "Priya Raghunathan", "VIEW SPACE", "PUB LIC"}
    assert told >= {"Badminton and other sports", *values}
    assert not [name for name in told if "\n" in name or "\r" in name]


def test_ocsf_rows_pass_the_schema_of_their_class(warehouse, ocsf):
    # One row of each sort among thousands, and every scene.
    times = ", ".join(str(scene.record["creationDate"]) for scene in SCENES)
    rows = warehouse.rows(
        f"SELECT class_uid, event FROM audit_ocsf WHERE happened_ms IN ({times})"
        " OR id IN (SELECT MIN(id) FROM audit_ocsf GROUP BY type_uid, actor_name, resource_name)"
    )
    assert {row["class_uid"] for row in rows} >= {3001, 3004, 3005, 3006, 6001, 6002}
    for row in rows:
        event = as_json(row["event"])
        assert event["class_uid"] == row["class_uid"]
        ocsf[row["class_uid"]].validate(event)


def test_ocsf_keeps_the_record(warehouse):
    sent = {record["creationDate"]: record for record in QUIET}
    sent |= {scene.record["creationDate"]: scene.record for scene in SCENES}
    for row in warehouse.rows("SELECT happened_ms, event FROM audit_ocsf"):
        assert json.loads(as_json(row["event"])["raw_data"]) == sent[row["happened_ms"]]


def test_ocsf_says_who_did_what_to_whom(warehouse):
    time = CAPTURED["user-added-to-group", 1].record["creationDate"]
    (row,) = warehouse.rows(f"SELECT event FROM audit_ocsf WHERE happened_ms = {time}")
    event = as_json(row["event"])
    assert (event["type_uid"], event["type_name"]) == (300603, "Group Management: Add User")
    assert event["actor"]["user"] == {"name": "System", "type_id": 3, "type": "System"}
    assert event["user"] == {"name": "Priya Raghunathan"}
    assert event["group"]["name"] == "Engineering / Sysadmins"
    assert (event["severity"], event["time"]) == ("High", time)


def test_unmapped_is_what_the_map_does_not_know(warehouse):
    rows = warehouse.rows("SELECT * FROM audit_unmapped")
    assert {(row["what"], row["words"]) for row in rows} == UNKNOWN
    (painted,) = [row for row in rows if row["words"] == "Whiteboard painted"]
    assert (painted["events"], painted["an_object_type"]) == (1, "Whiteboard")


DETECTIONS = sorted(path.stem for path in (SQL / "source" / "detections").glob("*.sql"))


@pytest.fixture(scope="module")
def found(warehouse) -> dict[str, list[dict]]:
    return {name: warehouse.detect(name) for name in DETECTIONS}


@pytest.mark.parametrize("name", [each for each in DETECTIONS if each != "17-gap"])
def test_detection_finds_its_scenes_and_nothing_else(warehouse, found, name):
    expected = {s.record["creationDate"] for s in SCENES if name in s.found_by}
    assert expected
    ids = ", ".join(f"'{row['id']}'" for row in found[name])
    rows = warehouse.rows(f"SELECT happened_ms FROM audit_events WHERE id IN ({ids or 'NULL'})")
    assert {row["happened_ms"] for row in rows} == expected
    assert len(found[name]) == len(expected)


def test_findings_are_those_of_all_detections(warehouse, found):
    rows = warehouse.rows("SELECT * FROM audit_findings")
    told = defaultdict(list)
    for row in rows:
        told[row.pop("detection")].append(row)
    key = lambda row: row["id"]  # noqa: E731
    assert {name: sorted(rows, key=key) for name, rows in told.items()} == {
        name: sorted(rows, key=key) for name, rows in found.items() if rows
    }
    assert all(row["finding"] and row["object"] for rows in told.values() for row in rows)


def test_nothing_is_found_where_nothing_is_the_matter(warehouse):
    quiet = warehouse.copy("quiet")
    times = ", ".join(str(scene.record["creationDate"]) for scene in SCENES)
    quiet.run(f"DELETE FROM audit_records WHERE creationdate IN ({times})")
    (row,) = quiet.rows("SELECT COUNT(*) AS n FROM audit_events")
    assert row["n"] == len(QUIET) > 3000
    assert quiet.rows("SELECT * FROM audit_findings") == []
    assert quiet.rows("SELECT * FROM audit_unmapped") == []


def test_a_gap_is_found(warehouse):
    gap = warehouse.copy("gap")
    begins, ends = MIDNIGHT - 2 * 86_400_000, MIDNIGHT - 86_400_000
    gap.run(f"DELETE FROM audit_records WHERE creationdate BETWEEN {begins} AND {ends}")
    (row,) = gap.detect("17-gap")
    before = max(r["creationDate"] for r in QUIET if r["creationDate"] < begins)
    assert row["happened"].replace(tzinfo=timezone.utc).timestamp() * 1000 == pytest.approx(before)
    assert re.fullmatch(r"1[45]\d\d minutes of silence", row["object"])


def test_a_silence_until_now_is_a_gap(warehouse):
    silent = warehouse.copy("silent")
    newest = max(record["creationDate"] for record in QUIET)
    silent.run(f"DELETE FROM audit_records WHERE creationdate > {newest - 86_400_000}")
    assert len(silent.detect("17-gap")) == 1


def test_a_record_that_was_appended_twice_counts_once(warehouse):
    twice = warehouse.copy("twice")
    before = twice.rows("SELECT COUNT(*) AS n FROM audit_findings")
    twice.run("INSERT INTO audit_records SELECT * FROM audit_records")
    assert twice.rows("SELECT COUNT(*) AS n FROM audit_findings") == before


def test_both_databases_say_the_same(both):
    if "postgres" not in both:
        pytest.skip("NOT TESTED: there is no PostgreSQL here and none can be installed")

    def told(warehouse: Warehouse, view: str) -> list[str]:
        rows = warehouse.rows(f"SELECT * FROM {view}")
        for row in rows:
            row["event"] = as_json(row.get("event"))
            if row["event"]:
                row["event"]["raw_data"] = json.loads(row["event"]["raw_data"])
        return sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)

    for view in ("audit_events", "audit_changes", "audit_ocsf", "audit_unmapped", "audit_findings"):
        assert told(both["duckdb"], view) == told(both["postgres"], view), view


@pytest.fixture(scope="module")
def one_of_each() -> DuckDB:
    """A table with a record for each line of the map, made by hand, in a database in memory."""
    warehouse = DuckDB(":memory:")
    warehouse.run(
        "CREATE TABLE audit_records (id TEXT, cloudid TEXT, createdat TIMESTAMP, creationdate BIGINT,"
        " author JSON, remoteaddress TEXT, summary TEXT, description TEXT, category TEXT,"
        " sysadmin BOOLEAN, superadmin BOOLEAN, affectedobject JSON, changedvalues JSON,"
        " associatedobjects JSON, _airbyte_extracted_at TIMESTAMP)"
    )
    for line, row in enumerate(generate.read_map(), 1):
        warehouse.connection.execute(
            "INSERT INTO audit_records VALUES (?, 'site', make_timestamp(?), ?, ?, '192.0.2.9', ?, '',"
            " ?, FALSE, FALSE, '{\"name\": \"\", \"objectType\": \"\"}', '[]', '[]', now())",
            [
                f"v1:{line}",
                line * 1_000_000,
                line * 1000,
                '{"type": "user", "displayName": "System"}',
                f" {row['summary'].upper()} ",
                row["category"],
            ],
        )
    warehouse.install()
    return warehouse


def test_each_line_of_the_map_knows_its_summary(one_of_each):
    told = {row["id"]: row for row in one_of_each.rows("SELECT * FROM audit_events")}
    for line, row in enumerate(generate.read_map(), 1):
        event = told[f"v1:{line}"]
        assert (event["action"], event["sure"]) == (row["action"], row["sure"])


def test_each_line_of_the_map_is_true_ocsf(one_of_each, ocsf):
    schema = get_ocsf_schema(version="1.8.0")
    captions = {each["uid"]: each for each in schema["classes"].values()}
    for row in one_of_each.rows("SELECT class_uid, class_name, activity_name, event FROM audit_ocsf"):
        event = as_json(row["event"])
        ocsf[row["class_uid"]].validate(event)
        known = captions[row["class_uid"]]
        activity = known["attributes"]["activity_id"]["enum"][str(event["activity_id"])]["caption"]
        assert row["class_name"] == known["caption"]
        # What is Other may be called by its own name.
        assert row["activity_name"] == activity or activity == "Other"
        assert event["category_name"] == known["category_name"]


def test_the_map_says_where_each_line_is_from():
    lines = generate.read_map()
    assert len(lines) >= 70
    assert len({line["action"] for line in lines}) == len(lines)
    for line in lines:
        assert line["source"] and line["sure"] in ("captured", "sample", "documented", "borrowed")
        # REGEXP_LIKE matches a whole text in Snowflake and a part of it elsewhere.
        assert line["pattern"].startswith("^") and line["pattern"].endswith("$")


def test_detections_say_what_they_find_and_how_sure_they_are():
    for path in (SQL / "source" / "detections").glob("*.sql"):
        head = [line for line in path.read_text("utf-8").split("\n") if line.startswith("--")]
        assert any(line.startswith("-- Rests on: ") for line in head), path
        assert any(line.startswith("-- How sure: ") for line in head), path


PAGE = (ROOT / "docs" / "views-and-detections.md").read_text("utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_asks_what_the_views_answer(warehouse):
    queries = _blocks("sql")
    assert len(queries) == 4
    for query in queries:
        assert warehouse.rows(query) or "read_ms" in query


def test_the_page_says_what_each_detection_finds():
    told = re.findall(r"^\| \[(\S+)\]\(../sql/source/detections/\1.sql\) \| (.+?) \| (\w+) \|", PAGE, re.M)
    assert [name for name, *_ in told] == DETECTIONS
    for name, sentence, sure in told:
        source = (SQL / "source" / "detections" / f"{name}.sql").read_text("utf-8")
        assert source.startswith(f"-- {sentence.rstrip('.')}")
        assert re.search(rf"^-- How sure: (a )?{sure}", source, re.M)


def test_columns_with_capitals(both):
    """As the page says: a destination of Airbyte's that keeps the fields' names in PostgreSQL."""
    if "postgres" not in both:
        pytest.skip("NOT TESTED: there is no PostgreSQL here and none can be installed")
    capitals = both["postgres"].copy("capitals")
    capitals.run("DROP VIEW audit_source CASCADE")
    fields = ["cloudId", "createdAt", "creationDate", "remoteAddress", "sysAdmin", "superAdmin"]
    fields += ["affectedObject", "changedValues", "associatedObjects"]
    for field in fields:
        capitals.run(f'ALTER TABLE audit_records RENAME COLUMN {field.lower()} TO "{field}"')
    (script,) = _blocks("postgres")
    capitals.run(script)
    capitals.install()
    count = "SELECT COUNT(*) AS n FROM audit_findings"
    assert capitals.rows(count) == both["postgres"].rows(count)
