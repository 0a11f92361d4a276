"""Tags of machines: given, changed, taken away."""

import pytest

ARN = "arn:aws:states:us-east-1:123456789012"
PASS = {"Type": "Pass"}


def test_tags_are_kept_changed_and_taken_away(api):
    machine = api.machine(PASS, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    api("TagResource", resourceArn=machine, tags=[{"key": "a", "value": "3"}, {"key": "c"}])
    api("UntagResource", resourceArn=machine, tagKeys=["b", "none"])
    tags = api("ListTagsForResource", resourceArn=machine)["tags"]
    assert tags == [{"key": "a", "value": "3"}, {"key": "c", "value": ""}]


def test_a_machine_has_50_tags_at_most(api):
    machine = api.machine(PASS)
    tags = [{"key": f"key {number}", "value": ""} for number in range(51)]
    assert api.refused("TagResource", resourceArn=machine, tags=tags)[0] == "TooManyTags"
    assert api("ListTagsForResource", resourceArn=machine)["tags"] == []


@pytest.mark.parametrize("operation", ["TagResource", "UntagResource", "ListTagsForResource"])
def test_tags_of_what_is_not_there_are_refused(api, operation):
    arn = f"{ARN}:stateMachine:none"
    more = {"TagResource": {"tags": []}, "UntagResource": {"tagKeys": []}}.get(operation, {})
    refused = api.refused(operation, resourceArn=arn, **more)
    assert refused == ("ResourceNotFound", f"Resource not found: '{arn}'")
