"""A manifest is kept, and the files that follow are held to it."""

import dataclasses
import gzip
import hashlib

import pytest

from functions.core import keys
from functions.core.deliveries.listing import unpacked
from functions.core.deliveries.manifest import Listed
from functions.core.errors import InvalidFile
from functions.core.processing import check_fields, count_range, count_records, merge_ranges
from tests.builders.deliveries import CONTRACTS, DATE, KeptManifests, listing, manifest_of
from tests.builders.object_versions import (
    BODY,
    EXECUTION,
    GIVEN,
    UPLOAD,
    Content,
    rejection,
    validate,
)

SHA256 = hashlib.sha256(BODY).hexdigest()
RIGHT = ("in/a.csv", 2, len(BODY), SHA256)
MANIFEST = dataclasses.replace(UPLOAD, key="in/d/manifest.json", version_id="m1")


def counted(manifests, content=None, contracts=CONTRACTS):
    content = content or Content()
    return count_records.count(
        UPLOAD, GIVEN, content, EXECUTION, contracts=contracts, manifests=manifests
    )["record"]


def refused(manifests):
    return rejection(
        count_records.count,
        UPLOAD,
        GIVEN,
        Content(),
        EXECUTION,
        contracts=CONTRACTS,
        manifests=manifests,
    )


def sent(body, upload=MANIFEST, kept=None):
    """A manifest through both functions; its record and what is kept."""
    kept = kept or KeptManifests()
    upload = dataclasses.replace(upload, size_bytes=len(body))
    given = validate(upload, Content(body), contracts=CONTRACTS)
    answer = count_records.count(
        upload, given, Content(body), EXECUTION, contracts=CONTRACTS, manifests=kept
    )
    return answer["record"], kept


def test_a_manifest_is_counted_as_what_it_is_and_kept_whole_and_in_shares():
    record, kept = sent(manifest_of(a={"records": 2}, b={}))
    assert (record["format"], record["records"], record["warnings"]) == ("json", 1, [])
    whole = kept.stored[keys.listing_key(DATE, MANIFEST.key, "m1")]
    assert unpacked(whole).files == (Listed("in/d/a.csv", 2), Listed("in/d/b.csv"))
    (share,) = kept.contents(keys.share_prefix(DATE, "in/", "in/d/a.csv"))
    assert unpacked(share).files[0] == Listed("in/d/a.csv", 2)


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(manifest_of(a={"records": 2}), mtime=0),
        manifest_of(a={"records": 2}).decode().encode("utf-16"),
        b"\xef\xbb\xbf" + manifest_of(a={"records": 2}),
    ],
)
def test_a_manifest_may_be_compressed_and_in_any_encoding(body):
    _, kept = sent(body)
    whole = kept.stored[keys.listing_key(DATE, MANIFEST.key, "m1")]
    assert unpacked(whole).files == (Listed("in/d/a.csv", 2),)


def test_figures_of_a_manifest_that_cannot_be_read_are_a_warning_of_its_record():
    record, _ = sent(manifest_of(a={"records": "two"}))
    assert record["warnings"] == [
        "1 figures of the manifest are in a form that is not known, and not compared"
    ]


def test_what_is_no_manifest_is_rejected_and_nothing_of_it_is_kept():
    kept = KeptManifests()
    with pytest.raises(InvalidFile, match="no list of files"):
        sent(b'{"results": []}', kept=kept)
    assert kept.stored == {}


def test_a_manifest_is_of_a_form_that_is_known_whatever_the_files_must_be():
    contract = dataclasses.replace(CONTRACTS.every[0], manifest="*.txt", formats={"parquet"})
    upload = dataclasses.replace(UPLOAD, key="in/list.txt", size_bytes=3)
    contracts = dataclasses.replace(CONTRACTS, every=(contract,))
    with pytest.raises(InvalidFile, match="the format is txt, not csv or json or jsonl"):
        validate(upload, Content(b"abc"), contracts=contracts)


@pytest.mark.parametrize(
    "said",
    [RIGHT, ("in/a.csv", 2), ("in/a.csv", None, len(BODY)), ("in/a.csv",), ("in/other.csv", 5)],
)
def test_a_file_that_is_as_listed_or_not_listed_is_counted(said):
    record = counted(KeptManifests(listing(said)))
    assert (record["records"], record["warnings"]) == (2, [])


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        (("in/a.csv", 3), "COUNT_MISMATCH", "lists 3 records, and 2 arrived"),
        (("in/a.csv", 2, 12), "COUNT_MISMATCH", "lists 12 bytes, and 11 arrived"),
        (
            ("in/a.csv", 2, 11, "0" * 64),
            "CHECKSUM_MISMATCH",
            f"SHA-256 than the content's {SHA256}",
        ),
    ],
)
def test_a_file_that_differs_from_the_manifest_is_rejected(said, code, told):
    why = refused(KeptManifests(listing(said)))
    assert why.code == code
    assert why.message.startswith("the manifest in/manifest.json lists ")
    assert told in why.message


def test_a_file_without_a_contract_that_has_manifests_asks_for_nothing():
    kept = KeptManifests(listing(("in/a.csv", 3)))
    every = (dataclasses.replace(CONTRACTS.every[0], manifest=None),)
    counted(kept, contracts=dataclasses.replace(CONTRACTS, every=every))
    assert kept.asked == []


def test_the_manifest_of_the_day_before_speaks_of_a_file_that_comes_after_midnight():
    why = refused(KeptManifests(listing(("in/a.csv", 3), date="2026-11-21")))
    assert why.code == "COUNT_MISMATCH"


def test_the_manifest_of_the_day_comes_before_that_of_the_day_before():
    before = listing(("in/a.csv", 3), date="2026-11-21")
    assert counted(KeptManifests(before, listing(("in/a.csv", 2))))["records"] == 2


def test_of_two_manifests_of_a_day_the_newer_one_counts():
    old = listing(("in/a.csv", 3), version="m1", time="08:00:00")
    new = listing(("in/a.csv", 2), version="m2", time="09:00:00")
    for order in ((old, new), (new, old)):
        assert counted(KeptManifests(*order))["records"] == 2


def processed(version="v0", date=DATE, records=3, key="in/a.csv"):
    return {
        "key": key,
        "version_id": version,
        "uploaded_at": f"{date}T08:00:00Z",
        "records": records,
        "size_bytes": 10,
    }


@pytest.mark.parametrize(
    ("record", "is_there"),
    [
        (processed(), True),
        (processed(records=4), False),
        (processed(version="v1"), False),
        (processed(key="in/a.csv/v-x"), False),
    ],
)
def test_a_manifest_that_speaks_of_another_version_rejects_none(record, is_there):
    """The next version of a key may come before its own manifest."""
    kept = KeptManifests(listing(("in/a.csv", 3)), records=[record])
    if is_there:
        assert counted(kept)["records"] == 2
    else:
        assert refused(kept).code == "COUNT_MISMATCH"


def test_a_large_file_is_held_to_the_manifest_once_its_ranges_are_counted():
    given = {**GIVEN, "format": "txt", "ranges": 1, "range_bytes": 99, "how": {}}
    part = count_range.count_range(given, 0, Content())
    why = rejection(
        merge_ranges.merge_ranges,
        UPLOAD,
        given,
        [part],
        Content(),
        EXECUTION,
        contracts=CONTRACTS,
        manifests=KeptManifests(listing(("in/a.csv", 9))),
    )
    assert why.code == "COUNT_MISMATCH"


def test_a_file_with_field_rules_is_held_to_the_manifest_too(tmp_path):
    why = rejection(
        check_fields.check_fields,
        UPLOAD,
        GIVEN,
        Content(),
        EXECUTION,
        tmp_path,
        contracts=CONTRACTS,
        manifests=KeptManifests(listing(("in/a.csv", 9))),
    )
    assert why.code == "COUNT_MISMATCH"
