"""S3's LastModified as it is of a multipart upload: when it was initiated, before its event."""

import contextlib

OPERATIONS = ("ListObjectVersions", "HeadObject", "ListObjectsV2")


@contextlib.contextmanager
def stored_earlier(s3, earlier, prefix=""):
    """S3 says of the keys under a prefix that they were stored so much earlier."""

    def shift(parsed, model, context, **_):
        for item in [*parsed.get("Versions", ()), *parsed.get("Contents", ())]:
            if item["Key"].startswith(prefix):
                item["LastModified"] -= earlier
        if "LastModified" in parsed:
            parsed["LastModified"] -= earlier

    names = [f"after-call.s3.{operation}" for operation in OPERATIONS]
    for name in names:
        s3.meta.events.register(name, shift)
    try:
        yield
    finally:
        for name in names:
            s3.meta.events.unregister(name, shift)
