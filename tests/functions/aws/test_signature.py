"""A plain GET is signed as the SDK signs it."""

from datetime import UTC, datetime
from urllib.parse import quote

import botocore.auth
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from functions.aws.signature import Signature

MOMENTS = st.datetimes(datetime(2015, 8, 30), datetime(2099, 1, 1))  # noqa: DTZ001 - the strategy's
HOSTS = st.sampled_from(["b.s3.eu-west-1.amazonaws.com", "127.0.0.1:4566"])
TOKENS = st.sampled_from([None, "a+token/=="])


@given(st.text(min_size=1), MOMENTS, HOSTS, TOKENS)
def test_a_plain_get_is_signed_as_the_sdk_signs_it(key, moment, host, token):
    now = moment.replace(tzinfo=UTC)
    path = "/" + quote(key.encode("utf-8", "replace"), safe="/~")
    credentials = Credentials("AKID", "a secret", token)
    request = AWSRequest("GET", f"https://{host}{path}")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(botocore.auth, "get_current_datetime", lambda: now)
        S3SigV4Auth(credentials, "s3", "eu-west-1").add_auth(request)
    signed = Signature(credentials, "eu-west-1", host).headers(path, now)
    theirs = {name.lower(): value for name, value in request.headers.items()}
    assert signed == {"host": host, **theirs}


def test_credentials_that_are_renewed_are_used_at_once():
    credentials = Credentials("FIRST", "a secret", "a token")
    signature = Signature(credentials, "eu-west-1", "host")
    now = datetime(2026, 11, 25, tzinfo=UTC)
    first = signature.headers("/key", now)
    credentials.access_key, credentials.secret_key = "SECOND", "another"
    second = signature.headers("/key", now)
    assert "Credential=FIRST/" in first["authorization"]
    assert "Credential=SECOND/" in second["authorization"]
    assert first["authorization"][-64:] != second["authorization"][-64:]
