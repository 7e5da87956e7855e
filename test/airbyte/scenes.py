"""What each detection must find: records to put among the quiet ones, each with who has to find it."""

from dataclasses import dataclass

from quiet_log import ALICE, JUERGEN, MINUTE_MS, SYSTEM, at, captured, changed, named, permission

HOUR_MS = 60 * MINUTE_MS
#: When the captured records happened, Monday 2 March 2026, 0:00 UTC.
CAPTURED_DAY = 1_772_409_600_000
ADMINS = named("site-admins:6ba7b810-9dad-41d1-80b4-00c04fd430c8", "Group")
NOBODY = named("", "")
ELSEWHERE = "2001:db8::7"
NEW = "18-never-seen-before"


def account(account_id: str, name: str) -> dict:
    return {**JUERGEN, "displayName": name, "accountId": account_id, "username": account_id}


REGULAR = account("rita", "Regular Rita")


@dataclass(frozen=True)
class Scene:
    record: dict
    found_by: frozenset[str]


def captured_scenes(midnight: int) -> dict[tuple[str, int], Scene]:
    """Every captured record, moved to the day that begins at `midnight` (epoch ms)."""
    found = {
        ("user-added-to-group", 1): "01-joined-administrators",
        ("space-permission-added", 0): "02-administers-a-space",
    }
    counts = {"space-configuration-updated": 2, "space-created": 2, "user-added-to-group": 2}
    counts |= {"user-deactivated": 2, "user-details-updated": 2}
    names = ["group-created", "page-archived", "space-configuration-updated", "space-created"]
    names += ["space-logo-uploaded", "space-permission-added", "user-added-to-group"]
    names += ["user-created", "user-deactivated", "user-details-updated"]
    scenes = {}
    for name in names:
        for n in range(counts.get(name, 1)):
            record = captured(name, n)
            record["creationDate"] += midnight - CAPTURED_DAY
            by = found.get((name, n))
            scenes[name, n] = Scene(record, frozenset([by] if by else []))
    return scenes


def scenes(midnight: int) -> list[Scene]:
    """Scenes of one weekday, each record in a millisecond of its own."""
    ten = midnight + 10 * HOUR_MS + 30_000
    told: list[Scene] = []

    def tell(time_ms: int, record: dict, *found_by: str, **others: object) -> None:
        told.append(Scene(at(time_ms, record, **others), frozenset(found_by)))

    def event(summary: str, category: str, affected: dict = NOBODY, **others: object) -> dict:
        record = captured("space-logo-uploaded")
        return {**record, "summary": summary, "category": category, "affectedObject": affected, **others}

    member = captured("user-added-to-group")
    tell(ten + 1, member, "01-joined-administrators", author=ALICE, affectedObject=ADMINS)
    swapped = {"affectedObject": named("Mallory", "User"), "associatedObjects": [ADMINS]}
    joined = {**member, **swapped, "summary": "Member joined a team"}
    tell(ten + 2, joined, "01-joined-administrators", NEW)
    tell(ten + 3, {**member, **swapped, "summary": "Member left a team"}, NEW)

    group = named("engineers:1b4e28ba-2fa1-41d2-883f-0016d3cca427", "Group")
    tell(ten + 4, permission(0, ALICE, group, "SETSPACEPERMISSIONS"), "02-administers-a-space")
    type_ = [changed("Type", "", "ADMINISTRATECONFLUENCE")]
    granted = event("Global permission added", "Permissions", group, changedValues=type_)
    tell(ten + 5, granted, "03-administers-confluence", NEW)

    tell(ten + 6, permission(0, ALICE, NOBODY, "VIEWSPACE"), "04-opened-to-anyone")
    anonymous = named("Anonymous", "User")
    tell(ten + 7, permission(0, ALICE, anonymous, "VIEWSPACE"), "04-opened-to-anyone")
    tell(ten + 11, permission(0, ALICE, named("Reviewers", "Role"), "VIEWSPACE"))
    of_space = {"affectedObject": named("Handbook", "Space"), "associatedObjects": []}
    tell(ten + 12, permission(0, ALICE, NOBODY, "VIEWSPACE"), "04-opened-to-anyone", **of_space)
    page = named("Board\nminutes", "Page")
    link = event("Public link turned on", "Page", page)
    tell(ten + 8, link, "04-opened-to-anyone", NEW)
    public = event("Site access changed", "Global administration")
    public["changedValues"] = [changed("Anonymous access", "Off", "On")]
    tell(ten + 9, public, "04-opened-to-anyone", NEW)

    where = [page, named("Board", "Space")]
    lifted = event("Content restriction removed", "Permissions", group, associatedObjects=where)
    tell(ten + 10, lifted, "05-restriction-lifted", NEW)

    for n in range(3):
        space = named(f"Secret {n}", "Space")
        by = {"06-exported"} | ({NEW} if n == 0 else set()) | ({"07-many-exports"} if n == 2 else set())
        tell(ten + 20 + n * MINUTE_MS, event("Space exported", "Spaces", space), *by)
    backup = event("Backup of all spaces was requested", "Import/export", author=JUERGEN)
    tell(ten + 30, backup, "06-exported", NEW)

    for n in range(10):
        gone = [{"author": REGULAR, "affectedObject": named(f"Page {n}", "Page")}]
        by = ["08-many-deletions"] if n == 9 else []
        tell(ten + 40 + n * 30_000, captured("page-archived"), *by, **gone[0])
        given = permission(0, REGULAR, named(f"User {n}", "User"), "EDITSPACE")
        by = ["09-many-permission-changes"] if n == 9 else []
        tell(ten + 2 * HOUR_MS + 40 + n * 30_000, given, *by)

    # How many, in how many minutes, by whom in turn, and which of them is found.
    rows = [
        (9, 9.5, [account("anna", "Anna")], None),
        (10, 12, [account("bert", "Bert")], None),
        (10, 9.5, [account("sam-1", "Sam Same"), account("sam-2", "Sam Same")], None),
        (10, 9.5, [account("cleo", "Cleo Old"), account("cleo", "Cleo New")], 9),
    ]
    for row, (count, minutes, authors, found) in enumerate(rows):
        for n in range(count):
            time_ms = ten + 60 + row + int(n * minutes * MINUTE_MS / (count - 1))
            author = authors[n % len(authors)]
            page_n = named(f"Page {n}", "Page")
            by = ["08-many-deletions"] if n == found else []
            archived = captured("page-archived")
            tell(time_ms + HOUR_MS, archived, *by, author=author, affectedObject=page_n)
            given = permission(0, author, named(f"User {n}", "User"), "EDITSPACE")
            by = ["09-many-permission-changes"] if n == found else []
            tell(time_ms + 4 * HOUR_MS, given, *by)

    app = event("App installed", "Apps", named("Diagrams for Confluence", "Plugin"))
    tell(ten + 50, app, "10-app-changed", NEW)
    added = event("Marketplace thing uninstalled", "", named("Gantt", "App"))
    tell(ten + 51, added, "10-app-changed", NEW)

    kept = event("Audit log retention period updated", "Auditing")
    tell(ten + 52, kept, "11-audit-settings-changed", NEW)
    kept = event("Global settings changed", "Global administration")
    kept["changedValues"] = [changed("Audit log retention", "12 months", "1 month")]
    tell(ten + 53, kept, "11-audit-settings-changed", NEW)

    key = event("Admin key enabled", "Global administration")
    tell(ten + 54, key, "12-admin-key-used", NEW)
    viewed = event("Page viewed with admin key", "Page", page)
    tell(ten + 55, viewed, "12-admin-key-used", NEW)

    logo = captured("space-logo-uploaded")
    new_address = "13-new-address-of-an-administrator"
    tell(ten + 56, logo, new_address, remoteAddress=ELSEWHERE)
    night = permission(0, JUERGEN, named("User 1", "User"), "EDITSPACE")
    tell(midnight + 2 * HOUR_MS, night, "14-administration-at-night")

    # Captured records deactivate Olga Petrova at 10:30 and Erik Lindqvist at 10:40.
    leavers = [account("olga", "Olga Petrova (Deactivated)"), account("erik", "Erik Lindqvist")]
    leavers.append(account("erik", "Erik Lindqvist (Unlicensed)"))
    for n, author in enumerate(leavers):
        tell(ten + 3 * HOUR_MS + n, logo, "15-deactivated-account-acts", author=author)
    back = {"affectedObject": named("Regular Rita", "User")}
    update = captured("user-details-updated")
    # Not at an even hour, when a quiet day's leavers have their records.
    half_past = midnight + 8 * HOUR_MS + 30 * MINUTE_MS
    tell(half_past, update, **back)
    tell(half_past + MINUTE_MS, update, changedValues=[changed("Active", "No", "Yes")], **back)

    late = at(0, member, author=SYSTEM, associatedObjects=[named("Late Lily", "User")])
    tell(ten + 57, late, "16-written-with-an-old-date")
    tell(ten + 58, event("Whiteboard painted", "Whiteboards", named("Sketch", "Whiteboard")), NEW)
    return told


#: Who is read a day after all others, and what nobody's map knows.
LATE_PERSON = "Late Lily"
UNKNOWN = {
    ("summary", "Member joined a team"),
    ("summary", "Member left a team"),
    ("summary", "Site access changed"),
    ("summary", "Marketplace thing uninstalled"),
    ("summary", "Whiteboard painted"),
    ("category", "Whiteboards"),
    ("category", "Import/export"),
    ("category", "Auditing"),
    ("category", "Apps"),
    ("category", ""),
}
