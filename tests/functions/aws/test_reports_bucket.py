"""The partial summaries of a Map Run are read and merged as a stream."""

import io
import json
import tracemalloc
from itertools import repeat

from botocore.response import StreamingBody

from functions.aws.reports_bucket import Reports
from functions.core.reporting.summarize_batch import Summary, merged, summarize

MEGABYTE = 1_000_000


def partial():
    """What one batch answers: files of 40 prefixes, half of them rejected."""
    uploaded, error = "2026-11-22T10:00:00Z", {"code": "EMPTY_FILE", "message": "nothing in it"}
    each = {"version_id": "v", "size_bytes": 1, "uploaded_at": uploaded, "records": 1}
    good = {"status": "processed", "format": "csv"}
    bad = {"status": "rejected", "error": error}
    told = summarize({**each, **(good, bad)[n % 2], "key": f"p{n}/a.csv"} for n in range(40))
    return json.dumps(told.to_json()).encode() + b"\n"


class Lines(io.RawIOBase):
    """So many partial summaries as JSON lines, there only as they are read."""

    def __init__(self, number):
        self.lines = repeat(partial(), number)
        self.held = b""
        self.size = 0

    def read(self, size=-1):
        while size < 0 or len(self.held) < size:
            line = next(self.lines, None)
            if line is None:
                break
            self.held += line
        size = len(self.held) if size < 0 else size
        taken, self.held = self.held[:size], self.held[size:]
        self.size += len(taken)
        return taken


class Bucket:
    """Two result files of a Map Run, and the manifest that names them."""

    def __init__(self, number):
        self.files = {"one": Lines(number), "two": Lines(number)}

    def get_object(self, Bucket, Key):  # noqa: N803 - boto3's names
        assert Bucket == "reports"
        if Key in self.files:
            return {"Body": StreamingBody(self.files[Key], None)}
        manifest = {"ResultFiles": {"SUCCEEDED": [{"Key": name} for name in self.files]}}
        return {"Body": io.BytesIO(json.dumps(manifest).encode())}


def peak_of(bucket):
    tracemalloc.start()
    parts = Reports("reports", bucket).results("manifest")
    whole = merged(Summary.from_json(part) for part in parts)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, whole, sum(file.size for file in bucket.files.values())


def test_the_memory_of_the_last_merge_does_not_grow_with_the_day():
    few, whole_of_few, _ = peak_of(Bucket(30))
    many, whole_of_many, size = peak_of(Bucket(500))
    assert (whole_of_few.processed.files, whole_of_many.processed.files) == (1_200, 20_000)
    assert size > 3 * MEGABYTE
    assert many < few + MEGABYTE / 2
