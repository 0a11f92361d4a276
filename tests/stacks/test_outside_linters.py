"""checkov and parliament: what they find is argued where it is, and what is planted is seen."""

import json

import pytest

from checks.argued import ARGUED
from checks.outside_linters import LINTERS, filled, findings, unargued

needs_linters = pytest.mark.skipif(
    not (LINTERS / "checkov").exists(), reason="make lint-templates installs the linters"
)
POLICY = "AWS::IAM::Policy"


@pytest.fixture
def planted(dev, tmp_path):
    """The processing stack's template, spoilt by a function; what is found and not argued."""

    def plant(change):
        template = json.loads(json.dumps(dev.processing.raw))
        change(template["Resources"])
        (tmp_path / "planted.template.json").write_text(json.dumps(template))
        return unargued(findings(tmp_path))

    return plant


@needs_linters
@pytest.mark.parametrize("deployment", ["dev", "full", "otherwise"])
def test_nothing_is_found_but_what_is_argued(request, deployment):
    assert unargued(findings(request.getfixturevalue(deployment).folder)) == []


@needs_linters
def test_every_argument_is_about_something_found(dev, full, otherwise):
    found = {each[:2] for stacks in (dev, full, otherwise) for each in findings(stacks.folder)}
    assert ARGUED.keys() - found == set()


@needs_linters
def test_checkov_sees_a_bucket_that_is_not_private(planted):
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead"}}
    found = planted(lambda resources: resources.update(Open=bucket))
    assert any(each.startswith("CKV_AWS_20 Open: ") for each in found)


@needs_linters
def test_parliament_sees_an_action_that_there_is_not(planted):
    def misspell(resources):
        policy = next(each for each in resources.values() if each["Type"] == POLICY)
        statement = {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}
        policy["Properties"]["PolicyDocument"]["Statement"].append(statement)

    found = planted(misspell)
    assert any(each.startswith("UNKNOWN_ACTION ") and "s3:GetObjekt" in each for each in found)


def test_each_argument_has_its_reason():
    assert all(len(reason) > 40 for reason in ARGUED.values())


def test_an_unargued_finding_is_a_line():
    found = {("CKV_1", "Here", "a rule"), (*next(iter(ARGUED)), "argued")}
    assert unargued(found) == ["CKV_1 Here: a rule"]


def test_references_are_filled_with_arns_of_their_kind():
    joined = {"Fn::Join": ["", [{"Fn::GetAtt": ["RawBucket0C3EE094", "Arn"]}, "/*"]]}
    assert filled({"Resource": joined}) == {"Resource": "arn:aws:s3:::any/*"}
    assert filled({"Ref": "AWS::AccountId"}) == "123456789012"
