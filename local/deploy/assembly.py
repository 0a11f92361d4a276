"""Publish an assembly's assets and create or update its stacks in order of dependency."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

from local.errors import LocalError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_VERSION = "30"
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Stack:
    """One stack of an assembly: its name, template file, asset manifest and dependencies."""

    name: str
    template: Path
    assets: Path
    needs: tuple[str, ...]
    region: str


def deploy(assembly: Path, endpoint_url: str) -> dict[str, str]:
    """Deploy every stack of an assembly; all their outputs by key.

    Raises:
        LocalError: a stack could not be made; its first reason is the message.
    """
    stacks = list(in_order(stacks_of(assembly)))
    session = Deployment(endpoint_url, stacks[0].region)
    session.bootstrap()
    outputs: dict[str, str] = {}
    for stack in stacks:
        session.publish(assembly, stack)
        outputs |= session.create(stack)
    return outputs


def stacks_of(assembly: Path) -> list[Stack]:
    """The stacks that the assembly's manifest names."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    found = []
    for artifact_id, artifact in artifacts.items():
        if artifact["type"] != "aws:cloudformation:stack":
            continue
        properties = artifact["properties"]
        needs = [each for each in artifact.get("dependencies", ()) if not each.endswith(".assets")]
        stack = Stack(
            name=properties.get("stackName", artifact_id),
            template=assembly / properties["templateFile"],
            assets=assembly / f"{artifact_id}.assets.json",
            needs=tuple(needs),
            region=artifact["environment"].rpartition("/")[2],
        )
        found.append(stack)
    return found


def in_order(stacks: list[Stack]) -> Iterator[Stack]:
    """Each stack after those that it needs."""
    left = {stack.name: stack for stack in stacks}
    while left:
        ready = [each for each in left.values() if not any(name in left for name in each.needs)]
        for stack in ready:
            yield left.pop(stack.name)


class Deployment:
    """The clients of one deployment and what it does with them."""

    def __init__(self, endpoint_url: str, region: str) -> None:
        options: dict[str, Any] = {
            "endpoint_url": endpoint_url,
            "region_name": region,
            "aws_access_key_id": "local",
            "aws_secret_access_key": "local",
            "config": Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        }
        self._region = region
        self._s3 = boto3.client("s3", **options)
        self._ssm = boto3.client("ssm", **options)
        self._stacks = boto3.client("cloudformation", **options)
        self._account = boto3.client("sts", **options).get_caller_identity()["Account"]

    def bootstrap(self) -> None:
        """What `cdk bootstrap` leaves that a deployment needs: a bucket and a version."""
        bucket = f"cdk-hnb659fds-assets-{self._account}-{self._region}"
        names = [each["Name"] for each in self._s3.list_buckets()["Buckets"]]
        if bucket not in names:
            self._s3.create_bucket(Bucket=bucket)
        self._ssm.put_parameter(
            Name=BOOTSTRAP_PARAMETER, Value=BOOTSTRAP_VERSION, Type="String", Overwrite=True
        )

    def publish(self, assembly: Path, stack: Stack) -> None:
        """Put the stack's file assets where its template looks for them."""
        for asset in json.loads(stack.assets.read_text())["files"].values():
            source = assembly / asset["source"]["path"]
            zipped = asset["source"]["packaging"] == "zip"
            body = zip_of(source) if zipped else source.read_bytes()
            for place in asset["destinations"].values():
                bucket = place["bucketName"].replace("${AWS::AccountId}", self._account)
                self._s3.put_object(Bucket=bucket, Key=place["objectKey"], Body=body)

    def create(self, stack: Stack) -> dict[str, str]:
        """Create the stack, or update it where it exists; its outputs."""
        given: dict[str, Any] = {
            "StackName": stack.name,
            "TemplateBody": stack.template.read_text(),
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
        }
        try:
            if self._exists(stack.name):
                self._stacks.update_stack(**given)
            else:
                self._stacks.create_stack(**given)
            self._stacks.get_waiter("stack_exists").wait(StackName=stack.name)
        except (ClientError, WaiterError) as error:
            raise LocalError(f"stack {stack.name}: {error}") from error
        found = self._stacks.describe_stacks(StackName=stack.name)["Stacks"][0]
        if not found["StackStatus"].endswith("_COMPLETE") or "ROLLBACK" in found["StackStatus"]:
            reason = found.get("StackStatusReason", "")
            raise LocalError(f"stack {stack.name}: {found['StackStatus']} {reason}")
        return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())}

    def _exists(self, name: str) -> bool:
        try:
            self._stacks.describe_stacks(StackName=name)
        except ClientError:
            return False
        return True


def zip_of(folder: Path) -> bytes:
    """A folder as an archive, the same bytes for the same content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
