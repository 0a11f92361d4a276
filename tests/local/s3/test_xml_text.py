"""Keys that XML cannot hold: S3 does what is asked, and answers what few can read."""

from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
import urllib3

from local.s3.xml_text import escaped
from tests.builders.endpoint import SIGNED

NAMES = {
    "bell \x07.csv": "bell &#x7;.csv",
    "nul \x00 <&>.csv": "nul &#x0; &lt;&amp;&gt;.csv",
    "not a character \ufffe\uffff": "not a character &#xfffe;&#xffff;",
    "end \r.csv": "end &#13;.csv",
}


@pytest.mark.parametrize("key", NAMES)
def test_a_character_that_xml_has_not_is_a_reference(key):
    assert escaped(key) == NAMES[key]
    assert escaped("plain \t\n\x7f <é>") == escape("plain \t\n\x7f <é>")


def asked(method, url, **options):
    return urllib3.request(method, url, headers={"Authorization": SIGNED}, retries=False, **options)


def told(answer, name):
    return answer.data.decode().split(f"<{name}>")[1].split(f"</{name}>")[0]


@pytest.mark.parametrize("key", NAMES)
def test_an_upload_in_parts_of_any_key_is_begun_listed_and_completed(endpoint, s3, bucket, key):
    url = f"{endpoint}/{bucket}/{quote(key)}"
    begun = asked("POST", f"{url}?uploads")
    assert (begun.status, told(begun, "Key")) == (200, NAMES[key])
    upload = told(begun, "UploadId")
    tag = asked("PUT", f"{url}?partNumber=1&uploadId={upload}", body=b"id\n1\n").headers["ETag"]
    for listed in (f"{url}?uploadId={upload}", f"{endpoint}/{bucket}?uploads"):
        assert told(asked("GET", listed), "Key") == NAMES[key]
    parts = f"<Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part>"
    xml = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>"
    done = asked("POST", f"{url}?uploadId={upload}", body=xml.encode())
    assert (done.status, told(done, "Key")) == (200, NAMES[key])
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"id\n1\n"


def test_content_is_never_changed(s3, bucket):
    content = b"<?xml version='1.0'?><a>\x07\r</a>"
    s3.put_object(Bucket=bucket, Key="a", Body=content, Metadata={"a": "b"})
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == content
    same = s3.get_object(Bucket=bucket, Key="a", ResponseContentType="text/xml")
    assert same["Body"].read() == content


def test_a_carriage_return_in_a_key_is_not_read_as_a_line_feed(s3, bucket):
    assert s3.create_multipart_upload(Bucket=bucket, Key="a\r\nb")["Key"] == "a\r\nb"


@pytest.mark.parametrize("key", ["a%FF", "%ED%A0%80"])
def test_a_key_that_is_no_text_is_refused(endpoint, s3, bucket, key):
    answer = asked("PUT", f"{endpoint}/{bucket}/{key}", body=b"x")
    assert (answer.status, told(answer, "Code")) == (400, "InvalidURI")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
