"""Bodies in pieces with a checksum behind them, as SDKs send them and as S3 answers."""

import io
import zlib
from base64 import b64encode
from urllib.parse import quote

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from local.s3.chunked import unpack
from tests.builders.endpoint import SIGNED

BODY = b"id,name\n1,x\n"
UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
KINDS = [UNSIGNED, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"]
CRC32 = "x-amz-checksum-crc32"


def crc32(body):
    return b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


RIGHT = f"{CRC32}:{crc32(BODY)}\r\n"


def pieces(body, size=5, signature="", trailer=RIGHT):
    """A body as SDKs cut it."""
    cut = [body[at : at + size] for at in range(0, len(body), size)]
    parts = [b"%x%s\r\n%s\r\n" % (len(each), signature.encode(), each) for each in cut]
    return b"".join([*parts, b"0%s\r\n" % signature.encode(), trailer.encode(), b"\r\n"])


def environ(packed, kind=UNSIGNED, announced=CRC32, **headers):
    given = {"HTTP_X_AMZ_CONTENT_SHA256": kind, "HTTP_X_AMZ_TRAILER": announced, **headers}
    named = {name: value for name, value in given.items() if value is not None}
    return {"REQUEST_METHOD": "PUT", "wsgi.input": io.BytesIO(packed), **named}


def code(packed, *given, **headers):
    """The code of the refusal."""
    answer = unpack(environ(packed, *given, **headers))
    return answer.body.split(b"<Code>")[1].split(b"<")[0].decode()


@given(st.binary(max_size=300), st.integers(1, 99), st.sampled_from(["", ";chunk-signature=0a"]))
def test_what_the_pieces_hold_takes_the_bodys_place(body, size, signature):
    trailer = f"{CRC32}:{crc32(body)}\r\n"
    request = environ(
        pieces(body, size, signature, trailer),
        HTTP_X_AMZ_DECODED_CONTENT_LENGTH=str(len(body)),
        HTTP_CONTENT_ENCODING="aws-chunked, gzip",
    )
    assert unpack(request) is None
    assert request.pop("wsgi.input").read() == body
    assert request == {
        "REQUEST_METHOD": "PUT",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_AMZ_CONTENT_SHA256": "UNSIGNED-PAYLOAD",
        "HTTP_X_AMZ_CHECKSUM_CRC32": crc32(body),
        "HTTP_CONTENT_ENCODING": "gzip",
    }


def test_a_body_in_one_piece_is_left_alone():
    request = environ(BODY, "UNSIGNED-PAYLOAD", None)
    assert unpack(dict(request)) is None
    assert request["wsgi.input"].read() == BODY


def test_a_signed_trailer_is_read_as_the_sdks_write_it():
    trailer = f"{CRC32}:{crc32(BODY)}\n\r\nx-amz-trailer-signature:63bddb\r\n"
    request = environ(pieces(BODY, 5, ";chunk-signature=0", trailer), KINDS[1])
    assert unpack(request) is None
    assert request["HTTP_X_AMZ_CHECKSUM_CRC32"] == crc32(BODY)


def test_a_checksum_that_is_announced_may_stand_in_the_head_as_the_sdk_for_java_has_it():
    packed, kind = pieces(BODY, trailer=""), "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    assert unpack(environ(packed, kind, HTTP_X_AMZ_CHECKSUM_CRC32=crc32(BODY))) is None
    assert code(packed, kind) == "MalformedTrailerError"


@pytest.mark.parametrize(
    ("announced", "trailer"),
    [
        (CRC32, ""),
        (None, f"{CRC32}:{crc32(BODY)}\r\n"),
        ("x-amz-checksum-sha1", f"{CRC32}:{crc32(BODY)}\r\n"),
        (CRC32, f"{CRC32}{crc32(BODY)}\r\n"),
        (CRC32, f":{crc32(BODY)}\r\n"),
    ],
)
def test_a_trailer_that_is_not_the_one_announced_is_malformed(announced, trailer):
    packed = pieces(BODY, trailer=trailer)
    assert code(packed, UNSIGNED, announced) == "MalformedTrailerError"


@pytest.mark.parametrize("value", ["", "AAAA", "no base64!", "AAAAAAAAAAA="])
def test_a_trailer_that_is_no_checksum_is_invalid(value):
    packed = pieces(BODY, trailer=f"{CRC32}:{value}\r\n")
    assert code(packed) == "InvalidRequest"


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"5\r\nabc",
        b"5\r\nabcde0\r\n\r\n",
        b"3\r\nabcde\r\n0\r\n\r\n",
        b"5 \r\nabcde\r\n0\r\n\r\n",
        b"-5\r\nabcde\r\n0\r\n\r\n",
        b"5\nabcde\r\n0\r\n\r\n",
    ],
)
def test_pieces_that_are_none_are_an_incomplete_body(packed):
    assert code(packed) == "IncompleteBody"


def test_content_of_another_length_than_was_said_is_an_incomplete_body():
    assert code(pieces(BODY), HTTP_X_AMZ_DECODED_CONTENT_LENGTH="7") == "IncompleteBody"


def put(url, trailer, kind=UNSIGNED, **headers):
    named = {
        "Authorization": SIGNED,
        "Content-Encoding": "aws-chunked",
        "x-amz-content-sha256": kind,
        "x-amz-decoded-content-length": str(len(BODY)),
        "x-amz-trailer": CRC32,
        **headers,
    }
    body = pieces(BODY, trailer=f"{CRC32}:{trailer}\r\n")
    return urllib3.request("PUT", url, body=body, headers=named)


def is_bad_digest(answer):
    said = b"The CRC32 you specified did not match" in answer.data
    return (answer.status, b"<Code>BadDigest</Code>" in answer.data, said) == (400, True, True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("headers", [{}, {"x-amz-meta-a": "b"}])
def test_a_body_that_its_trailer_contradicts_is_refused(endpoint, s3, bucket, kind, headers):
    url = f"{endpoint}/{bucket}/a"
    assert is_bad_digest(put(url, crc32(b"other"), kind, **headers))
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert put(url, crc32(BODY), kind, **headers).headers[CRC32] == crc32(BODY)
    got = s3.get_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert (got["Body"].read(), got["ChecksumCRC32"]) == (BODY, crc32(BODY))
    assert got.get("ContentEncoding") is None


def test_a_part_that_its_trailer_contradicts_is_refused(endpoint, s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    url = f"{endpoint}/{bucket}/a?partNumber=1&uploadId={quote(upload)}"
    assert is_bad_digest(put(url, crc32(b"other")))
    assert s3.list_parts(Bucket=bucket, Key="a", UploadId=upload).get("Parts") is None
    assert put(url, crc32(BODY)).headers[CRC32] == crc32(BODY)
