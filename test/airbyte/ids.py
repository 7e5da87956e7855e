"""The formula of docs/record-id.md for a record's id, written a second time, by someone else's JSON writer."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable

CHANGE = ("name", "oldValue", "newValue", "hiddenOldValue", "hiddenNewValue")


def ids_of(records: Iterable[dict], cloud_id: str) -> list[str]:
    """The id of each record of a log, in its order."""
    twins: Counter[str] = Counter()
    ids = []
    for record in records:
        content = json.dumps(
            _stable_content(record, cloud_id), ensure_ascii=False, separators=(",", ":")
        )
        digest = hashlib.sha256(content.encode()).hexdigest()
        twins[digest] += 1
        ordinal = twins[digest]
        ids.append(f"v1:{digest[:32]}" + (f":{ordinal}" if ordinal > 1 else ""))
    return ids


def _stable_content(record: dict, cloud_id: str) -> list:
    author = record.get("author") or {}
    return [
        cloud_id,
        record["creationDate"],
        record.get("category"),
        record.get("summary"),
        record.get("description"),
        record.get("remoteAddress"),
        record.get("sysAdmin"),
        record.get("superAdmin"),
        author.get("accountId") or [author.get("type"), author.get("displayName")],
        _pick(record["affectedObject"], "name", "objectType"),
        [_pick(each, *CHANGE) for each in record["changedValues"]],
        [_pick(each, "name", "objectType") for each in record["associatedObjects"]],
    ]


def _pick(value: dict, *keys: str) -> list:
    return [value.get(key) for key in keys]
