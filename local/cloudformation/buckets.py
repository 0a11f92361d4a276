"""A bucket's properties that moto's CloudFormation leaves out, set by S3's own API."""

from __future__ import annotations

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from local.cloudformation.clients import client
from local.cloudformation.lifecycle import rule_of

HANDLED = {
    *("BucketName", "BucketEncryption", "Tags", "VersioningConfiguration"),
    *("NotificationConfiguration", "LifecycleConfiguration", "OwnershipControls"),
    *("PublicAccessBlockConfiguration", "AccessControl", "LoggingConfiguration"),
}


def configure(bucket: str, properties: dict[str, Any]) -> None:
    """Set what the template says of a bucket.

    Raises:
        ValueError: a property that nothing here would act on.
    """
    unknown = set(properties) - HANDLED
    if unknown:
        raise ValueError(f"AWS::S3::Bucket: not supported here: {', '.join(sorted(unknown))}")
    s3 = client("s3")
    if "VersioningConfiguration" in properties:
        status = properties["VersioningConfiguration"]
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=status)
    if "PublicAccessBlockConfiguration" in properties:
        block = properties["PublicAccessBlockConfiguration"]
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
    if "OwnershipControls" in properties:
        s3.put_bucket_ownership_controls(
            Bucket=bucket, OwnershipControls=properties["OwnershipControls"]
        )
    if "LifecycleConfiguration" in properties:
        rules = [rule_of(rule) for rule in properties["LifecycleConfiguration"]["Rules"]]
        s3.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": rules}
        )
    if "NotificationConfiguration" in properties:
        _notify(bucket, properties["NotificationConfiguration"])


def _notify(bucket: str, configuration: dict[str, Any]) -> None:
    bridge = configuration.get("EventBridgeConfiguration", {})
    others = set(configuration) - {"EventBridgeConfiguration"}
    if others:
        raise ValueError(f"AWS::S3::Bucket: not supported here: {', '.join(sorted(others))}")
    enabled = str(bridge.get("EventBridgeEnabled", "true")).lower() == "true"
    notifications: dict[str, Any] = {"EventBridgeConfiguration": {}} if enabled else {}
    client("s3").put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration=notifications
    )


def _neutral(*_: Any) -> PermissionResult:
    return PermissionResult.NEUTRAL


def install() -> None:
    """Make moto's bucket model set these properties too, when made and when changed."""
    create: Any = FakeBucket.create_from_cloudformation_json.__func__  # type: ignore[attr-defined]
    update: Any = FakeBucket.update_from_cloudformation_json.__func__  # type: ignore[attr-defined]

    def created(cls: Any, /, name: str, template: Any, *rest: Any, **more: Any) -> Any:
        bucket = create(cls, name, template, *rest, **more)
        configure(bucket.name, template.get("Properties", {}))
        return bucket

    def updated(cls: Any, /, **given: Any) -> Any:
        properties = given["cloudformation_json"].setdefault("Properties", {})
        properties.setdefault("BucketName", given["original_resource"].name)
        bucket = update(cls, **given)
        configure(bucket.name, given["cloudformation_json"].get("Properties", {}))
        return bucket

    def removed(_: Any, /, name: str, *__: Any) -> None:
        client("s3").delete_bucket(Bucket=name)  # refuses one that is not empty, where moto is mute

    FakeBucket.delete_from_cloudformation_json = classmethod(removed)  # type: ignore[method-assign, assignment]
    # moto judges a bucket's policy without its conditions, so "deny what is not TLS" would deny
    # everything. Loopback stands for TLS here; what roles may do is checked by `local.iam`.
    FakeBucket.get_permission = _neutral  # type: ignore[method-assign, assignment]
    FakeBucket.create_from_cloudformation_json = classmethod(created)  # type: ignore[method-assign, assignment]
    FakeBucket.update_from_cloudformation_json = classmethod(updated)  # type: ignore[method-assign, assignment]
