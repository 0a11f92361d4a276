"""Deliveries: files that a manifest lists, and how the report has to say that they stand."""

import json
from datetime import date as calendar
from datetime import timedelta

from functions.core.contracts.contract import Contract

DELIVERED = Contract("delivered", "delivered/", manifest="*/manifest.json")
FILES = {"a.csv": 1, "b.csv": 2, "c.csv": 3}
"""Those of a delivery, and their records."""


def is_delivered(key):
    """Whether it belongs to a delivery; these are neither written over nor deleted."""
    return key.startswith(DELIVERED.prefix)


def manifest():
    """What lists the files of a delivery."""
    listed = [{"name": name, "records": records} for name, records in FILES.items()]
    return json.dumps({"files": listed}).encode()


class Deliveries:
    """How the deliveries stand, of a campaign and its outcomes."""

    def __init__(self, campaign, outcomes):
        self.campaign, self.outcomes = campaign, outcomes

    def wrong(self, date, document):
        """What a report says otherwise than it is; nothing while a manifest is not processed."""
        before = (calendar.fromisoformat(date) - timedelta(days=1)).isoformat()
        today, earlier = self._of_day(date), self._of_day(before)
        if any(self.outcomes[of] != "processed" for of in (*today, *earlier)):
            return
        said = [_without_notes(row) for row in document["deliveries"]["named"]]
        of_today = [row for row in said if row["uploaded_at"][:10] != before]
        wanted = [self._row(*of) for of in today]
        wanted.sort(key=lambda row: (row["state"] == "complete", row["manifest"]))
        if of_today != wanted:
            yield f"the deliveries are {of_today}, not {wanted}"
        yield from self._wrong_once_more([row for row in said if row not in of_today], earlier)
        complete = sum(row["state"] == "complete" for row in said)
        sums = (document["deliveries"]["total"], document["deliveries"]["complete"])
        if sums != (len(said), complete):
            yield f"there are {sums} deliveries, not {len(said)} and {complete} complete"

    def _wrong_once_more(self, said, earlier):
        """Of those of the day before, which the report names as they stood when it was made.

        It names all that are short, and with all that is missing. Since then, files may have come.
        """
        known = {of[0]: self._row(*of) for of in earlier}
        named = {row["manifest"]: row for row in said}
        for manifest, row in known.items():
            missing = [each["key"] for each in row["files"]]
            told = named.get(manifest, {"files": [], "uploaded_at": row["uploaded_at"]})
            if not {*missing} <= {each["key"] for each in told["files"]}:
                yield f"of the day before, {manifest} lacks {missing}, not {told}"
        if not {*named} <= {*known}:
            yield f"of the day before there are {sorted(named)}, not {sorted(known)}"

    def _of_day(self, date):
        uploads = self.campaign.uploads.items()
        return sorted(of for of, each in uploads if each.date == date and _is_manifest(of[0]))

    def _row(self, key, version):
        folder = key.removesuffix("manifest.json")
        came = {of[0] for of, outcome in self.outcomes.items() if outcome == "processed"}
        missing = [f"{folder}{name}" for name in FILES if f"{folder}{name}" not in came]
        return {
            "contract": DELIVERED.name,
            "prefix": DELIVERED.prefix,
            "manifest": key,
            "version_id": version,
            "uploaded_at": self.campaign.uploads[key, version].time,
            "state": "short" if missing else "complete",
            "listed": len(FILES),
            "missing": len(missing),
            **dict.fromkeys(("rejected", "differs", "unlisted", "not_compared"), 0),
            "files": [{"key": each, "problem": "missing"} for each in missing],
        }


def _is_manifest(key):
    return is_delivered(key) and key.endswith("/manifest.json")


def _without_notes(row):
    """A note says what the execution of a missing file did when the report was made."""
    files = [{"key": each["key"], "problem": each["problem"]} for each in row["files"]]
    return {**row, "files": files}
