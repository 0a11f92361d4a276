"""The pinned CDK CLI, run on an endpoint."""

import os
import subprocess
import sys
from pathlib import Path

from tests.builders.clients import client_of

ROOT = Path(__file__).resolve().parents[2]
CDK = ROOT / "node_modules" / ".bin" / "cdk"
UNPACKED = Path("~/.cache/aws/jsii/package-cache").expanduser()
"""Where jsii keeps the CDK's package unpacked for this user: in an empty home it takes 5 s."""


class Cli:
    """The pinned CDK CLI with an endpoint's exported lines and nothing else of this machine."""

    def __init__(self, url, home):
        self.url = url
        self.home = home

    def __call__(self, *words, cwd=ROOT):
        shown = self.attempt(*words, cwd=cwd)
        assert self.status == 0, shown
        return shown

    def attempt(self, *words, cwd=ROOT):
        """What the command shows, whatever its status."""
        done = subprocess.run(
            [CDK, "--no-notices", *words],
            cwd=cwd,
            env={
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(self.home),
                "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(UNPACKED),
                "CI": "true",
                "CDK_DISABLE_CLI_TELEMETRY": "true",
                "CDK_DISABLE_VERSION_CHECK": "1",
                "CDK_VALIDATION": "false",  # `make check` has it look at every kind of deployment
                "AWS_ENDPOINT_URL": self.url,
                "AWS_ENDPOINT_URL_S3": self.url,
                "AWS_ACCESS_KEY_ID": "local",
                "AWS_SECRET_ACCESS_KEY": "local",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        self.status = done.returncode
        return done.stdout + done.stderr

    def deploy(self, *settings):
        context = [word for setting in settings for word in ("-c", setting)]
        common = ("--all", "--require-approval", "never", "-c", "bundle_layer=false")
        return self("deploy", "--output", self.home / "cdk.out", *common, *context)

    def deploy_made(self, assembly):
        """Deploy what is synthesized already."""
        return self("deploy", "--app", assembly, "--all", "--require-approval", "never")

    def client(self, service):
        return client_of(self.url, service)
