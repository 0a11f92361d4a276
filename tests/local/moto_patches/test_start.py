"""What a start of the endpoint leaves unread, and an answer reads once."""

import json
import subprocess
import sys

import boto3
import pytest

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


def test_the_model_of_a_service_is_read_once_and_only_of_those_that_are_asked(start):
    assert start["models"] == ["logs", "s3", "sqs", "ssm"]


def test_every_region_that_boto3_knows_is_one_here():
    session = boto3.session.Session()
    found = {
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("sqs", partition)
    }
    assert found <= set(all_regions())
    assert not [name for name in all_regions() if "global" in name]
