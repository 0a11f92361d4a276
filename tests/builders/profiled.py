"""A record as CheckFields leaves it, in place of the one that a file without field rules has."""

import json

PROFILE = [
    {"field": "id", "nulls": 0, "approx_distinct": 1200, "min": "1", "max": "1200"},
    {"field": "note<b>", "nulls": 3, "approx_distinct": 2, "min": None, "max": None},
]
BREACHES = [
    {"rule": "id.unique", "rows": 1, "first_rows": [7]},
    {"rule": "note<b>.pattern", "rows": 2500, "first_rows": list(range(1, 11))},
]


def profile_of(deployment, key):
    """Give the stored record of a file a profile, and breaches that its rules tolerate."""
    s3, bucket = deployment.clients.s3, deployment.reports_bucket
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="processed/")
    stored = [each["Key"] for page in pages for each in page.get("Contents", ())]
    (place,) = [each for each in stored if f"/{key}/" in each]
    record = json.loads(s3.get_object(Bucket=bucket, Key=place)["Body"].read())
    record |= {"profile": PROFILE, "breaches": BREACHES}
    s3.put_object(Bucket=bucket, Key=place, Body=json.dumps(record))
