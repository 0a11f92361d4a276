"""Settings that need a VPC, layers and accounts of AWS deploy here, too, and a file is counted."""

import json
import os
import subprocess
import sys

from local.deploy import deploy
from local.deploy.session import endpoint
from tests.e2e.cdk import ROOT, Cli
from tests.e2e.test_upgrades import upload

SETTINGS = {
    "deployment": "gradual",
    "tracing": "otel",
    "customer_key": "true",
    "uploader_accounts": "111122223333",
    "vpc_subnets": "subnet-0123456789abcdef0",
    "vpc_security_groups": "sg-0123456789abcdef0",
    "vpc_id": "vpc-0123456789abcdef0",
    "vpc_route_tables": "rtb-0123456789abcdef0",
    "permissions_boundary": "boundary",
    "tags": "cost-center=42",
}


def test_a_vpc_a_boundary_other_accounts_and_awss_layer_deploy_here(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        env={**os.environ, "CDK_OUTDIR": str(tmp_path), "CDK_CONTEXT_JSON": json.dumps(SETTINGS)},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    with endpoint() as url:
        here = Cli(url, tmp_path)
        deployed = deploy(tmp_path, url)
        upload(here, deployed)
        states = here.client("stepfunctions")
        machine = deployed["ProcessFileMachineArn"]
        (ran,) = states.list_executions(stateMachineArn=f"{machine}:live")["executions"]
        assert (ran["status"], ran["stateMachineVersionArn"]) == ("SUCCEEDED", f"{machine}:1")
