"""Which files each section of a report is of: a reader who adds them up has to know."""

from __future__ import annotations

from typing import Final

POPULATIONS: Final = {
    "unusual": "all files, against the same weekdays of four weeks",
    "by_prefix": "all files; records of processed ones, size of those with a record",
    "by_format": "processed files",
    "trend": "all files",
    "days": "all files; records of processed ones, size of those with a record",
    "cost": "files with a record, and of the report itself",
    "by_hour": "files with a record: processed and rejected",
    "by_reading": "processed files",
    "doubtful": "processed files with warnings or ragged rows",
    "repeated": "processed files with the content of another of their prefix, within a week",
    "errors": "rejected files",
    "largest": "processed files",
    "rejections": "rejected files",
    "unfinished": "files without a record",
    "deliveries": "files that manifests list, and files under their contracts that none lists",
    "acknowledged": "messages about files of any day",
    "expected": "contracts that expect a file a day",
}
