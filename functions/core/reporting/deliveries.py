"""Deliveries of a day: what their manifests list, held against the files that came.

The order in which manifests and files came does not matter, nor that in which they are given here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from functions.core.deliveries.checksums import sha256_of_checksum

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from functions.core.contracts.contract import Contracts
    from functions.core.deliveries.listing import Listing
    from functions.core.deliveries.manifest import Listed

NAMED: Final = 100
"""So many deliveries are in a report, those first that are not complete."""
FILES: Final = 20
"""So many files of a delivery are named."""
MISSING: Final = "missing"
REJECTED: Final = "rejected"
DIFFERS: Final = "differs"
UNLISTED: Final = "unlisted"
PROBLEMS: Final = (MISSING, REJECTED, DIFFERS, UNLISTED)
STATES: Final = ("short", "differs", "over", "complete")
"""The most urgent first: files are missing or rejected; some are not as listed; more came."""

Row = dict[str, Any]


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong with one file of a delivery; `note` says more."""

    key: str
    problem: str
    note: str = ""

    def to_json(self) -> dict[str, str]:
        """As a report names it."""
        return {"key": self.key, "problem": self.problem, "note": self.note}


@dataclass(frozen=True)
class Delivery:
    """A manifest's version and how its files stand; files without a manifest have none."""

    contract: str
    prefix: str
    manifest: str | None = None
    version_id: str | None = None
    uploaded_at: str | None = None
    listed: int = 0
    not_compared: int = 0
    """Files whose SHA-256 is listed and not known: it is not computed of those that came first."""
    problems: tuple[Problem, ...] = ()

    @property
    def state(self) -> str:
        """One of `STATES`."""
        found = {each.problem for each in self.problems}
        if found & {MISSING, REJECTED}:
            return "short"
        if DIFFERS in found:
            return "differs"
        return "over" if UNLISTED in found else "complete"

    def to_json(self) -> Row:
        """As a report has it."""
        counts = Counter(each.problem for each in self.problems)
        return {
            "contract": self.contract,
            "prefix": self.prefix,
            "manifest": self.manifest,
            "version_id": self.version_id,
            "uploaded_at": self.uploaded_at,
            "state": self.state,
            "listed": self.listed,
            **{each: counts[each] for each in PROBLEMS},
            "not_compared": self.not_compared,
            "files": [each.to_json() for each in self.problems[:FILES]],
        }


def said(row: Row) -> str:
    """How a delivery stands, in words: `short: 2 of 100 files missing`."""
    listed = f"{row['listed']:,} file{'' if row['listed'] == 1 else 's'}"
    found = [f"{row[each]:,} {each}" for each in PROBLEMS if row[each]]
    if row["manifest"] is None:
        return f"over: {row[UNLISTED]:,} unlisted, and no manifest"
    return f"{row['state']}: {', '.join([f'{listed} listed', *found])}"


def section(deliveries: Sequence[Delivery]) -> dict[str, Any]:
    """The report's section: how many there are, and the first by urgency."""
    ordered = sorted(
        deliveries,
        key=lambda each: (STATES.index(each.state), each.prefix, each.manifest or ""),
    )
    complete = sum(each.state == "complete" for each in deliveries)
    return {
        "total": len(deliveries),
        "complete": complete,
        "named": [each.to_json() for each in ordered[:NAMED]],
    }


def delivered_file(record: Mapping[str, Any]) -> Row:
    """Of a record what a manifest is held against."""
    names = ("key", "version_id", "status", "records", "size_bytes", "uploaded_at")
    declared, error = record.get("declared") or {}, record.get("error") or {}
    sha256 = sha256_of_checksum(record.get("checksum")) or declared.get("sha256")
    return {
        **{name: record[name] for name in names},
        "sha256": sha256,
        "code": error.get("code"),
    }


def judge(
    listings: Iterable[Listing],
    others: Iterable[Listing],
    files: Iterable[Row],
    *,
    date: str,
    contracts: Contracts,
    unfinished: Mapping[str, str] | None = None,
) -> list[Delivery]:
    """How the deliveries stand. Of a manifest that was sent again the newest version counts.

    `others` are listings of the day before, whose files are no surplus; `files` are of
    `delivered_file`, those of days before `date` among them; `unfinished` says of keys without a
    record what their executions do.
    """
    asked, known = list(listings), list(others)
    came: dict[str, list[Row]] = defaultdict(list)
    for file in files:
        came[file["key"]].append(file)
    newest: dict[tuple[str, str], Listing] = {}
    for each in sorted(asked, key=lambda each: each.age):
        newest[each.prefix, each.key] = each
    surplus = _surplus(came, [*asked, *known], list(newest.values()), date, contracts)
    taken = {(each.prefix, file.key) for each in known for file in each.files}
    found = [
        _delivery(
            each,
            came,
            surplus.pop((each.prefix, each.key), []),
            unfinished or {},
            taken if each.date == date else set(),
        )
        for each in newest.values()
    ]
    return found + [
        Delivery(contract, prefix, problems=tuple(sorted(problems)))
        for (contract, prefix), problems in surplus.items()
    ]


def _delivery(
    listing: Listing,
    came: Mapping[str, list[Row]],
    surplus: Iterable[Problem],
    unfinished: Mapping[str, str],
    taken: AbstractSet[Place],
) -> Delivery:
    """One delivery. A version of the day before is not of it where the key was `taken` then."""
    problems, not_compared = list(surplus), 0
    for each in listing.files:
        versions = came.get(each.key, [])
        if (listing.prefix, each.key) in taken:
            versions = [file for file in versions if file["uploaded_at"] >= listing.date]
        problem = _problem(each, versions, unfinished)
        if problem is not None:
            problems.append(problem)
        elif each.sha256 is not None:
            not_compared += not any(file["sha256"] == each.sha256 for file in versions)
    return Delivery(
        listing.contract,
        listing.prefix,
        listing.key,
        listing.version_id,
        listing.uploaded_at,
        len(listing.files),
        not_compared,
        tuple(sorted(problems)),
    )


def _problem(
    listed: Listed, versions: Iterable[Row], unfinished: Mapping[str, str]
) -> Problem | None:
    """What is wrong with a file that is listed: nothing if any version of it is as listed."""
    ordered = sorted(versions, key=lambda file: (file["uploaded_at"], file["version_id"]))
    processed = [file for file in ordered if file["status"] == "processed"]
    if any(_difference(listed, file) is None for file in processed):
        return None
    if processed:
        return Problem(listed.key, DIFFERS, _difference(listed, processed[-1]) or "")
    if ordered:
        return Problem(listed.key, REJECTED, ordered[-1]["code"] or "")
    return Problem(listed.key, MISSING, unfinished.get(listed.key, ""))


def _difference(listed: Listed, file: Row) -> str | None:
    for name, said_of_it, found in (
        ("records", listed.records, file["records"]),
        ("bytes", listed.bytes, file["size_bytes"]),
    ):
        if said_of_it is not None and said_of_it != found:
            return f"{said_of_it:,} {name} listed, {found:,} arrived"
    hashed = file["sha256"]
    if listed.sha256 is not None and hashed is not None and hashed != listed.sha256:
        return "another SHA-256 is listed"
    return None


Place = tuple[str, str]
"""The prefix and the key of a manifest; for files without one, the contract and the prefix."""


def _surplus(
    came: Mapping[str, list[Row]],
    every: Iterable[Listing],
    asked: Sequence[Listing],
    date: str,
    contracts: Contracts,
) -> dict[Place, list[Problem]]:
    """The day's files that no manifest lists, each with the manifest of the nearest folder."""
    listed = {(each.prefix, file.key) for each in every for file in each.files}
    found: dict[Place, list[Problem]] = defaultdict(list)
    for key, versions in came.items():
        contract = contracts.delivering(key)
        of_day = any(file["uploaded_at"].startswith(date) for file in versions)
        if contract is None or not of_day or (contract.prefix, key) in listed:
            continue
        if contracts.of(key) != contract:  # one of a longer prefix, which has no manifests
            continue
        above = [each for each in asked if each.prefix == contract.prefix and _holds(each, key)]
        nearest = max(above, key=lambda each: (_folder(each), each.age), default=None)
        place = (contract.name, contract.prefix)
        if nearest is not None:
            place = (nearest.prefix, nearest.key)
        found[place].append(Problem(key, UNLISTED))
    return found


def _holds(listing: Listing, key: str) -> bool:
    return key.startswith(_folder(listing))


def _folder(listing: Listing) -> str:
    return listing.key[: listing.key.rfind("/") + 1]
