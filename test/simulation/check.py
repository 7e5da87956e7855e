"""Decides from outside whether a chain of syncs kept the connector's promises.

It knows nothing of the connector and nothing of the tests' own ledger. It reads one chain a line
from stdin, as JSON, and writes one list of verdicts a line: "lost", "doubled", "torn", "premature".

    {"log": [{"timeMs", "visibleAtMs", "json"}, …],           the truth, as the server has it
     "lookbackMs": …,                                         the shortest of all syncs
     "syncs": [{"startedMs", "endedMs", "startMs" or null,
                "killed": …,                                  the process died
                "answers": [{"atMs", "query", "status", "shown": [place in the log, …]}, …],
                "lacked": [place in the log, …],              what the replica had not got
                "stdout": "…"}, …]}

Times are the true ones, epoch ms.
"""

import json
import sys


def event(record):
    """What a record says of its event, without what the connector adds and without rendered names."""
    said = {key: value for key, value in record.items() if key not in ("id", "cloudId", "createdAt")}
    said["author"] = {key: value for key, value in said["author"].items() if key != "displayName"}
    return json.dumps(said, sort_keys=True)


class Destination:
    """A table in append mode that takes in what a STATE confirms, as the platform does."""

    def __init__(self):
        self.rows = []
        self.ids = set()
        self.waiting = []

    def write(self, record):
        self.waiting.append(record)

    def commit(self):
        """Returns whether a row came that was there before."""
        doubled = False
        for record in self.waiting:
            doubled |= record["id"] in self.ids
            self.ids.add(record["id"])
            self.rows.append(event(record))
        self.waiting = []
        return doubled

    def lose(self):
        self.waiting = []


class Chain:
    def __init__(self, chain):
        self.log = chain["log"]
        self.events = [event(json.loads(row["json"])) for row in self.log]
        self.seen_from = [row["visibleAtMs"] for row in self.log]
        self.lookback_ms = chain["lookbackMs"]
        self.syncs = chain["syncs"]
        self.verdicts = set()
        self.table = Destination()
        self.cursor = None
        self.from_ms = None
        self.names = {}

    def judge(self):
        for sync in self.syncs:
            self.take(sync)
            for place in sync["lacked"]:
                if self.log[place]["visibleAtMs"] <= sync["endedMs"]:
                    self.seen_from[place] = max(self.seen_from[place], sync["endedMs"])
        return sorted(self.verdicts)

    def take(self, sync):
        promised_from_ms = self.from_ms
        if self.cursor is None:
            self.from_ms = sync["startMs"]
        elif sync["startMs"] is not None:
            self.from_ms = min(self.from_ms, sync["startMs"])
        lines = sync["stdout"].split("\n")
        rest = lines.pop()
        if rest and not sync["killed"]:
            self.verdicts.add("torn")
        complete = False
        is_told = False
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                self.verdicts.add("torn")
                continue
            if message["type"] == "RECORD":
                self.record(message["record"]["data"])
            elif message["type"] == "STATE":
                is_told = True
                self.state(message["state"]["stream"]["stream_state"], sync)
            elif message["type"] == "TRACE" and message["trace"]["type"] == "STREAM_STATUS":
                complete |= message["trace"]["stream_status"]["status"] == "COMPLETE"
        if complete:
            self.expect("lost", sync, float("inf"))
        if not is_told:
            # A start that was moved back is known from the first STATE on.
            self.from_ms = promised_from_ms
        self.table.lose()

    def record(self, data):
        again = [row["id"] for row in self.table.waiting]
        if data["id"] in self.table.ids or data["id"] in again:
            self.verdicts.add("doubled")
        said = event(data)
        ids = self.names.setdefault(said, set())
        ids.add(data["id"])
        if said in self.events and len(ids) > self.events.count(said):
            self.verdicts.add("doubled")
        self.table.write(data)

    def state(self, state, sync):
        self.table.commit()
        cursor = state["creationDate"]
        before = -1 if self.cursor is None else self.cursor
        first_of_all = self.cursor is None and sync["startMs"] is None
        limit = max(before, sync["endedMs"], (self.from_ms or 0) - 1)
        if cursor > limit:
            self.verdicts.add("premature")
        if first_of_all:
            self.from_ms = sync["endedMs"] + 1
        elif cursor > before:
            self.expect("premature", sync, cursor)
        self.cursor = cursor

    def expect(self, verdict, sync, up_to_ms):
        """Every record that was there to be seen while the sync ran has arrived."""
        if self.from_ms is None:
            return
        due = [
            self.events[place]
            for place, row in enumerate(self.log)
            if self.from_ms <= row["timeMs"] <= min(up_to_ms, sync["startedMs"])
            and self.seen_from[place] <= sync["startedMs"]
            and self.seen_from[place] - row["timeMs"] <= self.lookback_ms
            and place not in sync["lacked"]
        ]
        # Whatever an answer showed was there, too: a server's log that says otherwise is not the truth.
        for answer in sync["answers"]:
            for place in answer["shown"]:
                assert self.log[place]["visibleAtMs"] <= answer["atMs"], "the access log lies"
        if any(self.table.rows.count(said) < due.count(said) for said in set(due)):
            self.verdicts.add(verdict)


for line in sys.stdin:
    print(json.dumps(Chain(json.loads(line)).judge()), flush=True)
