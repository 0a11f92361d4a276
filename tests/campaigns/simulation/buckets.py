"""An S3 in memory behind boto3's methods: versions, ranges, conditions, listings."""

import hashlib
import io
import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from botocore.exceptions import ClientError, IncompleteReadError
from interleaving import pause

PAGE = 3
BUSY = 503
BLOCKS = 20
"""A body comes in so many blocks, between which the time that its reader takes passes."""
TOKENS = {
    "list_objects_v2": {"ContinuationToken": "NextContinuationToken"},
    "list_object_versions": {
        "KeyMarker": "NextKeyMarker",
        "VersionIdMarker": "NextVersionIdMarker",
    },
}


@dataclass(frozen=True)
class Version:
    """One object version; its body is None once it was deleted.

    `modified` is S3's LastModified, in whole seconds: of a multipart upload that is when it was
    begun. `put` is when the object came to be. `seconds` are what a reader takes for all of it.
    """

    id: str
    body: bytes
    modified: int
    put: float
    seconds: float = 0
    metadata: dict = field(default_factory=dict)

    @property
    def etag(self):
        return f'"{etag_of(self.body)}"'

    @property
    def moment(self):
        return datetime.fromtimestamp(self.modified, UTC)


def etag_of(body):
    """The ETag of an object that was stored by one PUT, without the quotes of HTTP."""
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


class Body:
    """A streamed answer; a broken one ends early, as botocore tells it."""

    def __init__(self, data, seconds=0, *, broken=False):
        self.data, self.seconds, self.broken = data, seconds, broken

    def read(self):
        if self.broken:
            raise IncompleteReadError(actual_bytes=0, expected_bytes=len(self.data))
        return self.data

    def iter_chunks(self, _):
        end = len(self.data) // 2 if self.broken else len(self.data)
        size = max(len(self.data) // BLOCKS, 1) if self.seconds else max(len(self.data), 1)
        for start in range(0, end, size):
            if self.seconds:
                pause(self.seconds * size / len(self.data))
            yield self.data[start : min(start + size, end)]
        if self.broken:
            raise IncompleteReadError(actual_bytes=end, expected_bytes=len(self.data))

    def iter_lines(self):
        return io.BytesIO(self.read())


class Buckets:
    """The S3 of one world."""

    def __init__(self, now):
        self.now = now
        self.objects = {}

    def put_object(self, *, Bucket, Key, Body, IfMatch=None, IfNoneMatch=None, **more):  # noqa: N803
        """As boto3 has it."""
        found = self.find(Bucket, Key)
        if (IfNoneMatch and found) or (IfMatch and (found is None or found.etag != IfMatch)):
            raise failure("PreconditionFailed", 412)
        return {"VersionId": self.store(Bucket, Key, Body, metadata=more.get("Metadata"))}

    def store(self, bucket, key, body, *, modified=None, seconds=0, metadata=None):
        """Keep an object; its version id."""
        versions = self.objects.setdefault((bucket, key), [])
        now = self.now()
        name = f"v{len(versions)}"
        new = Version(name, body, int(modified or now), now, seconds, metadata or {})
        versions.append(new)
        return new.id

    def get_object(self, *, Bucket, Key, VersionId=None, Range=None, **_):  # noqa: N803
        found = self._found(Bucket, Key, VersionId)
        data = found.body
        if Range:
            start, end = Range.removeprefix("bytes=").split("-")
            data = data[int(start) : int(end) + 1]
        return {
            "Body": Body(data, found.seconds),
            "ContentLength": len(data),
            "ContentType": "binary/octet-stream",
            "LastModified": found.moment,
            "ETag": found.etag,
        }

    def head_object(self, *, Bucket, Key, VersionId=None):  # noqa: N803
        found = self._found(Bucket, Key, VersionId, none="404")
        return {
            "ContentLength": len(found.body),
            "LastModified": found.moment,
            "ETag": found.etag,
            "Metadata": found.metadata,
        }

    def list_objects_v2(self, *, Bucket, Prefix="", MaxKeys=PAGE, ContinuationToken="", **given):  # noqa: N803
        after = ContinuationToken or given.get("StartAfter", "")
        found = {}
        for key in sorted(key for bucket, key in self.objects if bucket == Bucket):
            if not key.startswith(Prefix) or self.find(Bucket, key) is None:
                continue
            rest, delimiter = key[len(Prefix) :], given.get("Delimiter")
            folder = bool(delimiter) and delimiter in rest
            name = Prefix + rest.partition(delimiter)[0] + delimiter if folder else key
            if name > after:
                found[name] = folder
        page = list(itertools.islice(found.items(), MaxKeys))
        more = {"NextContinuationToken": page[-1][0]} if len(found) > MaxKeys else {}
        return {
            "Contents": [self._listed(Bucket, name) for name, folder in page if not folder],
            "CommonPrefixes": [{"Prefix": name} for name, folder in page if folder],
            "KeyCount": len(page),
            "IsTruncated": bool(more),
            **more,
        }

    def list_object_versions(self, *, Bucket, Prefix="", KeyMarker="", VersionIdMarker="", **_):  # noqa: N803
        """By key, and of each the newest first (S3 API reference, ListObjectVersions)."""
        every = [
            (key, each)
            for bucket, key in sorted(self.objects)
            if bucket == Bucket and key.startswith(Prefix)
            for each in reversed(self.objects[bucket, key])
        ]
        marks = [place for place, (key, each) in enumerate(every) if key <= KeyMarker]
        if VersionIdMarker:
            marks = [
                place
                for place in marks
                if every[place][0] < KeyMarker
                or int(every[place][1].id[1:]) >= int(VersionIdMarker[1:])
            ]
        rest = every[len(marks) :]
        more = {}
        if len(rest) > PAGE:
            key, last = rest[PAGE - 1]
            more = {"NextKeyMarker": key, "NextVersionIdMarker": last.id}
        named = [(key, each) for key, each in rest[:PAGE] if each.body is not None]
        page = [{**self._entry(key, each), "VersionId": each.id} for key, each in named]
        return {"Versions": page, "IsTruncated": bool(more), **more}

    def find(self, bucket, key, version=None):
        versions = self.objects.get((bucket, key), [])
        wanted = [each for each in versions if version in {None, each.id} and each.body is not None]
        return wanted[-1] if wanted else None

    def delete_version(self, bucket, key, version):
        """Delete one version for good; its place stays, so that ids are not given twice."""
        self.objects[bucket, key] = [
            replace(each, body=None) if each.id == version else each
            for each in self.objects[bucket, key]
        ]

    def _found(self, bucket, key, version, none="NoSuchKey"):
        found = self.find(bucket, key, version)
        if found is None:
            raise failure(none if none == "404" or not version else "NoSuchVersion", 404)
        return found

    def _listed(self, bucket, key):
        return self._entry(key, self.find(bucket, key))

    def _entry(self, key, found):
        size = len(found.body)
        return {"Key": key, "Size": size, "LastModified": found.moment, "ETag": found.etag}


def failure(code, status=400):
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Operation")
