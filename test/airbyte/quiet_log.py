"""A log in which nothing is the matter: thousands of records of captured shape, and no detection may find any.

Its names try to mislead: a group that is fond of badminton, a page about the admin key, a space that is
public in name only, line breaks.
"""

import copy
import json
from datetime import datetime, timedelta, timezone
from itertools import cycle
from pathlib import Path

CAPTURED = Path(__file__).parents[2] / "test_files" / "captured"
DAYS = 32
DAY_MS = 86_400_000
MINUTE_MS = 60_000
ADDRESS = "203.0.113.24"

GROUPS = [
    "confluence-users:5d0c1b7e-3f42-4a86-9b1d-7e6a2c90f853",
    "badminton-club:0f0e0d0c-1b1a-4918-8716-151413121110",
    "Rédaction / Lektorat:2b7e1516-28ae-4d2a-8bf7-158809cf4f3c",
]
PAGES = ["How to use\nthe admin key", "Anonymous feedback", "Export of 2025", "Retention of audit logs"]
SPACES = ["Administrators’ handbook", "Public affairs", "Badminton\r\nand other sports"]
PEOPLE = ["Priya Raghunathan", "Ольга Смирнова", "Everyone’s Friend Finn", "김민지"]


def captured(name: str, index: int = 0) -> dict:
    """A record as it was captured, for a test to change."""
    text = (CAPTURED / f"{name}.json").read_text("utf-8")
    return copy.deepcopy(json.loads(text)["records"][index])


ALICE = captured("space-created")["author"]
JUERGEN = captured("page-archived")["author"]
SYSTEM = captured("user-created")["author"]


def at(time_ms: int, record: dict, **others: object) -> dict:
    return {**record, "creationDate": time_ms, **others}


def named(name: str, object_type: str) -> dict:
    return {"name": name, "objectType": object_type}


def changed(name: str, old: str, new: str) -> dict:
    return {"name": name, "oldValue": old, "newValue": new, "hiddenOldValue": "", "hiddenNewValue": ""}


def weekday(now: datetime) -> int:
    """Midnight (UTC, epoch ms) of the newest Tuesday, Wednesday or Thursday that is over."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    while day.weekday() not in (1, 2, 3):
        day -= timedelta(days=1)
    return int(day.timestamp() * 1000)


def quiet_records(now: datetime) -> list[dict]:
    """A month until half an hour before `now`, oldest first, each in a millisecond of its own."""
    end = int(now.timestamp() * 1000) - 30 * MINUTE_MS
    first = int((now - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0).timestamp())
    records = []
    work, sync = cycle(_work), cycle(_sync)
    for day in range(DAYS + 1):
        midnight = first * 1000 + day * DAY_MS
        for hour in range(0, 24, 2):
            records += next(sync)(midnight + hour * 3_600_000 + 7)
        if datetime.fromtimestamp(midnight / 1000, timezone.utc).weekday() < 5:
            for author, offset in ((ALICE, 1), (JUERGEN, 5)):
                # From seven to six, one thing each twenty minutes.
                for n in range(33):
                    time_ms = midnight + (7 * 60 + 20 * n + offset) * MINUTE_MS + 11
                    records += next(work)(time_ms, author)
    records = [record for record in records if record["creationDate"] < end]
    # The last sync of the identity provider, so that the log does not end in a silence.
    records.append(_member(end, GROUPS[0]))
    return sorted(records, key=lambda record: record["creationDate"])


def _member(time_ms: int, group: str, person: str = PEOPLE[0]) -> dict:
    return at(
        time_ms,
        captured("user-added-to-group"),
        affectedObject=named(group, "Group"),
        associatedObjects=[named(person, "User")],
    )


def _pick(choices: list[str], time_ms: int) -> str:
    return choices[time_ms // MINUTE_MS % len(choices)]


def _members(time_ms: int) -> list[dict]:
    """A burst, as an identity provider makes it."""
    return [
        _member(time_ms + 13 * n, _pick(GROUPS, time_ms + n * MINUTE_MS), PEOPLE[n % len(PEOPLE)])
        for n in range(10)
    ]


def _new_person(time_ms: int) -> list[dict]:
    person = _pick(PEOPLE, time_ms)
    return [
        at(time_ms, captured("user-created"), affectedObject=named(person, "User")),
        _member(time_ms + 291, GROUPS[0], person),
    ]


def _leaver(time_ms: int) -> list[dict]:
    suffix = ("Deactivated", "Unlicensed")[time_ms // (120 * MINUTE_MS) % 2]
    leaver = named(f"Leaver of {time_ms} ({suffix})", "User")
    return [
        at(time_ms, captured("user-deactivated")),
        at(time_ms + 47, captured("user-details-updated"), affectedObject=leaver),
    ]


def _renamed(time_ms: int) -> list[dict]:
    changes = [changed("Display\nname", "Priya\nR.", "Priya\r\nRaghunathan")]
    return [
        at(
            time_ms,
            captured("user-details-updated"),
            affectedObject=named("Priya Raghunathan", "User"),
            changedValues=changes,
        )
    ]


def _group(time_ms: int) -> list[dict]:
    return [at(time_ms, captured("group-created"), affectedObject=named(_pick(GROUPS, time_ms), "Group"))]


def _space(time_ms: int, author: dict) -> list[dict]:
    space = named(_pick(SPACES, time_ms), "Space")
    return [
        at(time_ms, captured("space-created"), author=author, affectedObject=space),
        at(time_ms + 80, captured("space-configuration-updated"), author=author, affectedObject=space),
    ]


def _logo(time_ms: int, author: dict) -> list[dict]:
    space = named(_pick(SPACES, time_ms), "Space")
    return [at(time_ms, captured("space-logo-uploaded"), author=author, affectedObject=space)]


def _page(time_ms: int, author: dict) -> list[dict]:
    page = named(_pick(PAGES, time_ms), "Page")
    associated = [page, named(_pick(SPACES, time_ms), "Space")]
    record = captured("page-archived")
    return [
        at(time_ms, record, author=author, affectedObject=page, associatedObjects=associated)
    ]


def permission(time_ms: int, author: dict, grantee: dict, kind: str, space: str = SPACES[1]) -> dict:
    changes = [changed("Type", "", kind), changed("Space", "", "PUB\nLIC")]
    if grantee["name"]:
        changes.append(changed(grantee["objectType"], "", grantee["name"]))
    return at(
        time_ms,
        captured("space-permission-added"),
        author=author,
        affectedObject=grantee,
        changedValues=changes,
        associatedObjects=[named(space, "Space")],
    )


def _view(time_ms: int, author: dict) -> list[dict]:
    grantee = named(_pick(PEOPLE, time_ms), "User")
    return [permission(time_ms, author, grantee, "VIEW\nSPACE", _pick(SPACES, time_ms))]


_sync = [_members, _new_person, _leaver, _members, _renamed, _group, _members]
_work = [_space, _page, _view, _logo, _page]
