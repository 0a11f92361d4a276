"""What a start of the endpoint leaves unread, and an answer reads once."""

import json
import subprocess
import sys
import uuid

import boto3
import pytest

from local.credentials import ROOT
from local.endpoint.server import Endpoint
from local.moto_patches.cloudformation import LATER
from local.moto_patches.sdk_models import all_regions

LOOK = f"""
import sys
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
from local.credentials import ROOT
from local.endpoint.server import Endpoint
from local.stepfunctions.integration_names import is_known
import json

here = Endpoint()
for service in ("s3", "sqs", "logs", "ssm"):
    here.clients.client(service, ROOT)
here.clients.client("sqs", ROOT).create_queue(QueueName="any")
here.clients.client("ssm", ROOT).put_parameter(Name="/any", Value="30", Type="String")
is_known("sqs", "sendMessage")
models = [path.split("/")[-3] for path in opened if "/service-2.json" in path]
loaded = [name for name in {list(LATER)} if "moto." + name in sys.modules]
here.stop()
print(json.dumps({{"models": sorted(models), "loaded": loaded}}))
"""


@pytest.fixture(scope="module")
def start():
    run = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def test_an_endpoint_imports_no_service_that_nobody_asked_for(start):
    assert start["loaded"] == []


def test_the_model_of_a_service_is_read_by_its_clients_and_again_by_moto_that_adds_to_it(start):
    assert start["models"] == ["logs", "s3", "sqs", "sqs", "ssm", "ssm"]


def test_the_end_of_an_upload_in_parts_is_answered_in_s3s_words():
    bucket, here = f"parts-{uuid.uuid4().hex}", Endpoint()
    s3 = here.clients.client("s3", ROOT)
    s3.create_bucket(Bucket=bucket)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    named = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    tag = s3.upload_part(**named, PartNumber=1, Body=b"x")["ETag"]
    answers = []
    s3.meta.events.register("after-call", lambda http_response, **_: answers.append(http_response))
    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    s3.complete_multipart_upload(**named, MultipartUpload=parts)
    here.stop()
    namespace = b'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
    assert b"<CompleteMultipartUploadResult " + namespace in answers[-1].content


def test_every_region_that_boto3_knows_is_one_here():
    session = boto3.session.Session()
    found = {
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("sqs", partition)
    }
    assert found <= set(all_regions())
    assert not [name for name in all_regions() if "global" in name]
