"""Names that code and infrastructure share: environment variables, prefixes, keys of objects."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

ENV_REPORTS_BUCKET: Final = "REPORTS_BUCKET"
ENV_LARGE_FILE_BYTES: Final = "LARGE_FILE_BYTES"
ENV_PROCESS_FILE_MACHINE: Final = "PROCESS_FILE_MACHINE_ARN"
ENV_IGNORED_KEYS: Final = "IGNORED_KEYS"
ENV_REPORT_MESSAGE: Final = "REPORT_MESSAGE"
ENV_MUTE_UNUSUAL: Final = "MUTE_UNUSUAL"
ENV_WATCHED_MACHINES: Final = "WATCHED_MACHINE_ARNS"
ENV_REJECTED_PERCENT: Final = "REJECTED_PERCENT"
ENV_REPORT_TOPIC: Final = "REPORT_TOPIC_ARN"
ENV_RUNTIME_OFF: Final = "LOCAL_RUNTIME_OFF"
"""Told by the local runtime alone (`local.lambda_runtime.environment`)."""
ENV_PROJECT: Final = "PROJECT_NAME"
ENV_ENVIRONMENT: Final = "ENVIRONMENT_NAME"
ENV_METRICS_NAMESPACE: Final = "POWERTOOLS_METRICS_NAMESPACE"

PROCESSED_PREFIX: Final = "processed/"
REPORTS_PREFIX: Final = "daily-reports/"
DATED_REPORTS: Final = f"{REPORTS_PREFIX}date="
SUMMARIES_PREFIX: Final = "summaries/"
ACKNOWLEDGED_PREFIX: Final = "acknowledged/"
"""Why messages of the dead-letter queue were taken away, written by the operator's tools."""
RECORDS_PREFIX: Final = "records/"
"""All records of a day as one file, for those who query them."""
BATCHES_PREFIX: Final = f"{SUMMARIES_PREFIX}records/"
"""The same, by batch, until the day's are joined; they expire as the Map Runs' results do."""
LATE_PREFIX: Final = "late/"
"""What is noted of files that came late."""
LATE_MARKERS_PREFIX: Final = f"{LATE_PREFIX}date="
"""Markers of records that came after their day, by the minute."""
VERSION_DAYS_PREFIX: Final = f"{LATE_PREFIX}days/"
"""The day of an object version whose event and LastModified name two (`version_day`)."""
CONTENTS_PREFIX: Final = f"{SUMMARIES_PREFIX}contents/"
"""Fingerprints of contents, which are looked at for a week."""
DELIVERIES_PREFIX: Final = "deliveries/"
"""What the manifests of a day list, and the records of the files that can be listed."""
TOLD_PREFIX: Final = f"{SUMMARIES_PREFIX}told/"
"""Which prefixes were told of at once; they expire as the Map Runs' results do."""
RANGES_PREFIX: Final = f"{SUMMARIES_PREFIX}ranges/"
"""Below the prefix of all Map Runs' results, which expire by its rule."""

CONTRACTS_FOLDER: Final = "contracts"
"""Beside `functions/`, in the project and in what is deployed."""

KEY_LIMIT_BYTES: Final = 1024
"""The longest key in UTF-8 (Amazon S3 User Guide, "Naming Amazon S3 objects")."""

_REJECTED: Final = ".rejected.json"
_PROCESSED: Final = ".json"
_DUPLICATE: Final = ".duplicate.json"
_VERSION: Final = "v-"
_FOLDERS_OF_A_FILE: Final = 2


def day_prefix(date: str) -> str:
    """Where the records of one UTC day lie; `date` is YYYY-MM-DD."""
    return f"{PROCESSED_PREFIX}date={date}/"


def record_key(date: str, raw_key: str, version_id: str, *, rejected: bool = False) -> str:
    """Where the record of one object version lies.

    The file's name begins with `v-`: version ids may begin with `_` or `.`, and Athena does not
    read files with such names (Amazon Athena User Guide, "Considerations and limitations"). A
    key that would be over the limit has everything below the day replaced by a SHA-256.
    """
    ending = _REJECTED if rejected else _PROCESSED
    name = f"{raw_key}/{_VERSION}{version_id}"
    # Both records of a version must agree on the form, so the longer ending decides.
    if len(f"{day_prefix(date)}{name}{_REJECTED}".encode()) > KEY_LIMIT_BYTES:
        name = hashlib.sha256(f"{raw_key}/{version_id}".encode()).hexdigest()
    return f"{day_prefix(date)}{name}{ending}"


def duplicate_key(date: str, raw_key: str, version_id: str, execution_arn: str) -> str:
    """Where the marker of an ignored duplicate lies: one for each execution that ignored it."""
    digest = hashlib.sha256(f"{raw_key}/{version_id}/{execution_arn}".encode()).hexdigest()
    return f"{day_prefix(date)}{digest}{_DUPLICATE}"


def record_keys(date: str, raw_key: str, version_id: str) -> list[str]:
    """Where a version's record may lie: processed or rejected, by today's name or the old one."""
    found = [record_key(date, raw_key, version_id, rejected=kind) for kind in (False, True)]
    old = f"{day_prefix(date)}{raw_key}/{version_id}"
    if len(f"{old}{_REJECTED}".encode()) > KEY_LIMIT_BYTES:  # S3 refuses to look for such a key
        return found
    return [*found, old + _PROCESSED, old + _REJECTED]


def versions_prefix(date: str, raw_key: str) -> str | None:
    """What the keys of a file's records begin with; None where a digest names them."""
    prefix = f"{day_prefix(date)}{raw_key}/{_VERSION}"
    return prefix if len(f"{prefix}{_REJECTED}".encode()) <= KEY_LIMIT_BYTES else None


def raw_key_of(record_key: str) -> str | None:
    """The key of the file that a record is of; None where the record's name is a digest."""
    below = record_key.removeprefix(PROCESSED_PREFIX).partition("/")[2]
    raw_key, slash, _ = below.rpartition("/")
    return raw_key if slash else None


def told_prefix(date: str) -> str:
    """Where it is written down which prefixes were told of on a day."""
    return f"{TOLD_PREFIX}date={date}/"


def told_key(date: str, prefix: str) -> str:
    """That a prefix was told of on a day, whatever letters are in its name."""
    return f"{told_prefix(date)}{hashlib.sha256(prefix.encode()).hexdigest()}"


def is_duplicate(key: str) -> bool:
    """Whether a key is that of an ignored duplicate's marker."""
    return key.endswith(_DUPLICATE)


def is_rejection(key: str) -> bool:
    """Whether a record's key is that of a rejected file."""
    return key.endswith(_REJECTED)


def is_processed(key: str) -> bool:
    """Whether a record's key is that of a processed file."""
    return key.endswith(_PROCESSED) and not (is_rejection(key) or is_duplicate(key))


def superseding(key: str) -> list[str]:
    """The keys of records that count in place of this one, which is of the same object version.

    Success wins over a rejection. Until 2026-11 names had no `v-`; what was stored since then
    counts in place of what was stored then.
    """
    rejected = is_rejection(key)
    stem = key.removesuffix(_REJECTED if rejected else _PROCESSED)
    folder, _, name = stem.rpartition("/")
    found = [stem + _PROCESSED] if rejected else []
    if folder.count("/") < _FOLDERS_OF_A_FILE:  # a digest, which was always one
        return found
    if name.startswith(_VERSION):
        old = f"{folder}/{name.removeprefix(_VERSION)}{_PROCESSED}"
        return [*found, old] if rejected else found
    day, raw_key = folder.removeprefix(f"{PROCESSED_PREFIX}date=").split("/", 1)
    kinds = (False, True) if rejected else (False,)
    return [*found, *(record_key(day, raw_key, name, rejected=kind) for kind in kinds)]


def acknowledged_prefix(date: str) -> str:
    """Where it is written what was acknowledged on one UTC day, an object a message."""
    return f"{ACKNOWLEDGED_PREFIX}date={date}/"


def records_key(date: str) -> str:
    """Where the file of a day's records lies: JSON lines, gzipped."""
    return f"{RECORDS_PREFIX}date={date}/records.json.gz"


def batch_records_key(date: str, record_keys: Iterable[str]) -> str:
    """Where the records of a batch lie: the same for the same keys."""
    digest = hashlib.sha256("\n".join(record_keys).encode()).hexdigest()
    return f"{BATCHES_PREFIX}date={date}/{digest}.json.gz"


def content_index_key(date: str) -> str:
    """Where the fingerprints of a day's contents lie, for the days after it."""
    return f"{CONTENTS_PREFIX}date={date}"


def version_day_key(raw_key: str, version_id: str) -> str:
    """Where it is written down for which day an object version counts that could have two."""
    return f"{VERSION_DAYS_PREFIX}{hashlib.sha256(f'{raw_key}/{version_id}'.encode()).hexdigest()}"


def listings_prefix(date: str) -> str:
    """Where it lies what the manifests of one UTC day list."""
    return f"{DELIVERIES_PREFIX}date={date}/listings/"


def listing_key(date: str, manifest_key: str, version_id: str) -> str:
    """Where all lies that one version of a manifest lists."""
    return f"{listings_prefix(date)}{_digest(f'{manifest_key}/{version_id}')}.json.gz"


def share_prefix(date: str, contract_prefix: str, raw_key: str) -> str:
    """Where it lies what the manifests of a day and of a contract say of a file, and of others.

    Each manifest is cut into 256 shares by a hash of the files' keys: of a manifest with 100,000
    files, a file reads some 400 lines.
    """
    share = f"{_digest(contract_prefix)[:16]}/{_digest(raw_key)[:2]}"
    return f"{DELIVERIES_PREFIX}date={date}/files/{share}/"


def delivered_key(date: str) -> str:
    """Where the records of a day's files lie that are of deliveries: JSON lines, gzipped."""
    return f"{DELIVERIES_PREFIX}date={date}/records.json.gz"


def late_prefix(date: str) -> str:
    """Where the markers of a day's late records lie; their names sort by time."""
    return f"{LATE_MARKERS_PREFIX}{date}/"


def late_key(date: str, moment: datetime) -> str:
    """The marker of the records of a day that came in this minute of a later day (UTC)."""
    return f"{late_prefix(date)}{moment:%Y-%m-%dT%H:%M}"


def report_folder(date: str) -> str:
    """Below which a day's report lies."""
    return f"{DATED_REPORTS}{date}/"


def reported_date(key: str) -> str | None:
    """The day whose report.json has this key; None for any other key."""
    date, _, name = key.removeprefix(DATED_REPORTS).partition("/")
    return date if name == "report.json" and key.startswith(DATED_REPORTS) else None


def report_key(date: str, form: str) -> str:
    """Where a day's report lies; `form` is json, html or csv."""
    return f"{report_folder(date)}report.{form}"


def latest_key(form: str) -> str:
    """Where a copy of the newest day's report lies; `form` is json, html or csv."""
    return f"{REPORTS_PREFIX}latest.{form}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
