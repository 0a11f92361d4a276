"""A bucket's lifecycle rules: as a template has them, and as S3's API does.

Source: the CloudFormation template reference, "AWS::S3::Bucket Rule".
"""

from __future__ import annotations

from typing import Any, Final

HANDLED: Final = {
    *("Id", "Status", "Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan"),
    *("ExpirationInDays", "ExpirationDate", "ExpiredObjectDeleteMarker", "Transition"),
    *("Transitions", "NoncurrentVersionExpiration", "NoncurrentVersionExpirationInDays"),
    *("NoncurrentVersionTransition", "NoncurrentVersionTransitions"),
    "AbortIncompleteMultipartUpload",
}


def rule_of(given: dict[str, Any]) -> dict[str, Any]:
    """A rule of a template as PutBucketLifecycleConfiguration takes it.

    Raises:
        ValueError: a property that nothing here would act on.
    """
    unknown = set(given) - HANDLED
    if unknown:
        names = ", ".join(sorted(unknown))
        raise ValueError(f"AWS::S3::Bucket: of a lifecycle rule not supported here: {names}")
    upload = given.get("AbortIncompleteMultipartUpload", {})
    made = {
        "ID": given.get("Id"),
        "Status": given["Status"],
        "Filter": _filter(given),
        "Expiration": _expiration(given),
        "Transitions": [_transition(each) for each in _several(given, "Transition")],
        "NoncurrentVersionExpiration": _noncurrent_expiration(given),
        "NoncurrentVersionTransitions": [
            _noncurrent(each, "TransitionInDays") | {"StorageClass": each["StorageClass"]}
            for each in _several(given, "NoncurrentVersionTransition")
        ],
        "AbortIncompleteMultipartUpload": _whole_numbers(upload, "DaysAfterInitiation"),
    }
    return {name: value for name, value in made.items() if value or name == "Filter"}


def _filter(given: dict[str, Any]) -> dict[str, Any]:
    """One criterion stands alone, several stand in an `And`."""
    tags = [{"Key": each["Key"], "Value": each["Value"]} for each in given.get("TagFilters", ())]
    sizes = _whole_numbers(given, "ObjectSizeGreaterThan", "ObjectSizeLessThan")
    prefix = {"Prefix": given["Prefix"]} if given.get("Prefix") else {}
    if not tags and not sizes:
        return {"Prefix": given.get("Prefix", "")}
    if len(tags) + len(sizes) + len(prefix) > 1:
        return {"And": prefix | sizes | ({"Tags": tags} if tags else {})}
    return sizes or {"Tag": tags[0]}


def _expiration(given: dict[str, Any]) -> dict[str, Any]:
    if "ExpirationInDays" in given:
        return {"Days": int(given["ExpirationInDays"])}
    if "ExpirationDate" in given:
        return {"Date": given["ExpirationDate"]}
    marker = str(given.get("ExpiredObjectDeleteMarker", "")).lower() == "true"
    return {"ExpiredObjectDeleteMarker": True} if marker else {}


def _transition(given: dict[str, Any]) -> dict[str, Any]:
    days = given.get("TransitionInDays")
    when = {"Date": given.get("TransitionDate")} if days is None else {"Days": int(days)}
    return when | {"StorageClass": given["StorageClass"]}


def _noncurrent_expiration(given: dict[str, Any]) -> dict[str, Any]:
    if "NoncurrentVersionExpirationInDays" in given:
        return {"NoncurrentDays": int(given["NoncurrentVersionExpirationInDays"])}
    found = given.get("NoncurrentVersionExpiration")
    return _noncurrent(found, "NoncurrentDays") if found else {}


def _noncurrent(given: dict[str, Any], days: str) -> dict[str, Any]:
    return {"NoncurrentDays": int(given[days])} | _whole_numbers(given, "NewerNoncurrentVersions")


def _several(given: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The older property has one, the newer one a list."""
    alone = [given[name]] if name in given else []
    return [*alone, *given.get(f"{name}s", ())]


def _whole_numbers(given: dict[str, Any], *names: str) -> dict[str, int]:
    return {name: int(given[name]) for name in names if name in given}
