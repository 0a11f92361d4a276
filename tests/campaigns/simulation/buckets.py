"""An S3 in memory behind boto3's methods: versions, ranges, listings, and faults."""

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.exceptions import ClientError, IncompleteReadError, ReadTimeoutError

PAGE = 3
BUSY = 503


@dataclass(frozen=True)
class Version:
    id: str
    body: bytes
    modified: int  # S3 tells whole seconds

    @property
    def etag(self):
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


class Body:
    """A streamed answer; a broken one ends early, as botocore tells it."""

    def __init__(self, data, *, broken=False):
        self.data, self.broken = data, broken

    def read(self):
        if self.broken:
            raise IncompleteReadError(actual_bytes=0, expected_bytes=len(self.data))
        return self.data

    def iter_chunks(self, size):
        end = len(self.data) // 2 if self.broken else len(self.data)
        yield self.data[:end]
        if self.broken:
            raise IncompleteReadError(actual_bytes=end, expected_bytes=len(self.data))

    def iter_lines(self):
        return io.BytesIO(self.read())


class Buckets:
    """The S3 of one world: `hit(name)` decides on each fault."""

    def __init__(self, now, hit):
        self.now, self.hit = now, hit
        self.objects = {}

    def put_object(self, *, Bucket, Key, Body, IfMatch=None, IfNoneMatch=None, **_):  # noqa: N803 - boto3's names
        self._busy()
        found = self.find(Bucket, Key)
        if (IfNoneMatch and found) or (IfMatch and (found is None or found.etag != IfMatch)):
            raise failure("PreconditionFailed", 412)
        versions = self.objects.setdefault((Bucket, Key), [])
        versions.append(Version(f"v{len(versions)}", Body, int(self.now())))
        return {"VersionId": versions[-1].id}

    def get_object(self, *, Bucket, Key, VersionId=None, Range=None, **_):  # noqa: N803
        self._busy()
        found = self.find(Bucket, Key, VersionId)
        if found is None:
            raise failure("NoSuchVersion" if VersionId else "NoSuchKey", 404)
        data = found.body
        if Range:
            start, end = Range.removeprefix("bytes=").split("-")
            data = data[int(start) : int(end) + 1]
        return {
            "Body": Body(data, broken=self.hit("s3 body broken")),
            "ContentLength": len(data),
            "ContentType": "binary/octet-stream",
            "LastModified": datetime.fromtimestamp(found.modified, UTC),
            "ETag": found.etag,
        }

    def head_object(self, *, Bucket, Key):  # noqa: N803
        self._busy()
        if self.find(Bucket, Key) is None:
            raise failure("404", 404)
        return {}

    def list_objects_v2(self, *, Bucket, Prefix="", MaxKeys=PAGE, ContinuationToken="", **given):  # noqa: N803
        delimiter = given.get("Delimiter")
        after = ContinuationToken or given.get("StartAfter", "")
        self._busy()
        names = sorted(
            key
            for bucket, key in self.objects
            if bucket == Bucket and key.startswith(Prefix) and key > after
            if not (delimiter and delimiter in key[len(Prefix) :])
        )
        page = [self._listed(Bucket, name) for name in names[:MaxKeys]]
        more = {"NextContinuationToken": page[-1]["Key"]} if len(names) > MaxKeys else {}
        return {"Contents": page, "KeyCount": len(page), "IsTruncated": bool(more), **more}

    def get_paginator(self, _):
        return self

    def paginate(self, **given):
        while True:
            page = self.list_objects_v2(**given)
            yield page
            if not page["IsTruncated"]:
                return
            given["ContinuationToken"] = page["NextContinuationToken"]

    def find(self, bucket, key, version=None):
        versions = self.objects.get((bucket, key), [])
        wanted = [each for each in versions if version in {None, each.id} and each.body is not None]
        return wanted[-1] if wanted else None

    def delete_version(self, bucket, key, version):
        """Delete one version for good; its place stays, so that ids are not given twice."""
        versions = self.objects[bucket, key]
        self.objects[bucket, key] = [
            Version(each.id, None, each.modified) if each.id == version else each
            for each in versions
        ]

    def _listed(self, bucket, key):
        found = self.find(bucket, key)
        moment = datetime.fromtimestamp(found.modified, UTC)
        return {"Key": key, "Size": len(found.body), "LastModified": moment, "ETag": '"0"'}

    def _busy(self):
        if self.hit("s3 503"):
            raise failure("SlowDown", BUSY)
        if self.hit("s3 timeout"):
            raise ReadTimeoutError(endpoint_url="s3")


def failure(code, status):
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Operation")
