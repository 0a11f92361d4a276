"""Dev goes wholly, prod keeps its data; both come from settings, offline."""

import pytest

STATEFUL = ("RawBucket", "ReportsBucket", "DeadLetterQueue")
KEPT = (*STATEFUL, *(f"{name}Policy" for name in STATEFUL))
"""What stays, and what keeps it to TLS."""


@pytest.mark.parametrize("name", KEPT)
def test_prod_keeps_its_data_when_the_stack_goes(prod, name):
    resource = prod.storage.resource(name)
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


@pytest.mark.parametrize("name", KEPT)
def test_dev_goes_wholly(dev, name):
    resource = dev.storage.resource(name)
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Delete", "Delete")


@pytest.mark.parametrize("name", STATEFUL)
def test_the_logical_id_of_what_holds_data_never_changes(dev, name):
    """A changed id would make CloudFormation replace the resource and leave its data behind."""
    pinned = {
        "RawBucket": "RawBucket0C3EE094",
        "ReportsBucket": "ReportsBucket4E7C5994",
        "DeadLetterQueue": "DeadLetterQueue9F481546",
    }
    assert pinned[name] in dev.storage.raw["Resources"]


def test_the_logical_ids_of_the_key_and_of_the_access_logs_never_change(full):
    assert "AccessLogsBucket83982689" in full.storage.raw["Resources"]
    assert "Key961B73FD" in full.encryption.raw["Resources"]


def test_the_logical_ids_of_the_topics_never_change(dev):
    """People subscribe to a topic by hand: another topic would tell none of them."""
    assert "Reports65402A0A" in dev.reporting.raw["Resources"]
    assert "Alarms04B5A0BF" in dev.monitoring.raw["Resources"]


def test_the_same_settings_make_the_same_templates(app, tmp_path, prod):
    """A deployment of nothing new changes nothing: no time, no chance is in a template.

    One of them comes from a process of its own, the other from the one that most tests share.
    """
    done = app(tmp_path / "out", {"environment": "prod"})
    assert done.returncode == 0, done.stderr
    for path in prod.folder.glob("*.template.json"):
        assert (tmp_path / "out" / path.name).read_text() == path.read_text()


@pytest.mark.parametrize("short", ["storage", "processing", "reporting", "monitoring"])
def test_prod_stacks_are_protected_from_deletion(dev, prod, short):
    assert prod.artifact(short)["terminationProtection"] is True
    assert not dev.artifact(short).get("terminationProtection")


def test_no_custom_resource_and_no_helper_function_is_deployed(dev):
    kinds = {
        resource["Type"]
        for template in dev.templates.values()
        for resource in template.raw["Resources"].values()
    }
    assert {kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::"))} == (
        set()
    )
    functions = [
        name
        for template in dev.templates.values()
        for name in template.all("AWS::Lambda::Function")
    ]
    assert sorted(functions) == [
        "CheckFields",
        "CountRange",
        "CountRecords",
        "MergeRanges",
        "PlanReport",
        "SummarizeBatch",
        "ValidateFile",
        "WatchExecutions",
        "WriteReport",
    ]


def test_the_app_needs_no_network_no_credentials_and_no_node_on_the_path(prod):
    """`prod` was made by `app.py` with all of these taken away."""
    assert (prod.folder / "manifest.json").is_file()


def test_settings_decide_names_region_and_sizes(app, tmp_path):
    done = app(
        tmp_path / "out",
        {
            "project_name": "tally-files",
            "aws_region": "eu-west-1",
            "file_memory_mb": "1024",
            "batch_size": 7,
        },
    )
    assert done.returncode == 0, done.stderr
    made = sorted(path.name for path in (tmp_path / "out").glob("*.template.json"))
    assert made == [f"tally-files-dev-{s}.template.json" for s in sorted(STACKS)]
    processing = (tmp_path / "out" / "tally-files-dev-processing.template.json").read_text()
    reporting = (tmp_path / "out" / "tally-files-dev-reporting.template.json").read_text()
    assert '"MemorySize": 1024' in processing
    assert '"BatchSize": "7"' in reporting
    assert "us-east-1" not in processing + reporting


STACKS = ("storage", "processing", "reporting", "monitoring")


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({"environment": "staging"}, "environment: must be one of dev, prod, not 'staging'"),
        ({"enviroment": "prod"}, "enviroment: unknown; did you mean environment?"),
    ],
)
def test_a_setting_that_cannot_be_used_ends_the_app_with_one_line(
    own_app, tmp_path, context, message
):
    done = own_app(tmp_path / "out", context)
    assert done.returncode == 2
    assert done.stderr == f"app.py: setting {message}\n"
    assert done.stdout == ""


def test_packages_that_cannot_be_had_end_a_deployment_with_one_line(own_app, tmp_path):
    """The CDK command asks for bundling where it deploys; here no index is allowed."""
    done = own_app(tmp_path / "out", {"aws:cdk:bundling-stacks": ["**"]}, PIP_NO_INDEX="1")
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("app.py: the Lambda layer cannot be put together: ERROR: ")
    assert "Traceback" not in done.stderr


def test_bundling_can_be_refused_even_where_the_command_asks_for_it(app, tmp_path):
    done = app(
        tmp_path / "out",
        {"aws:cdk:bundling-stacks": ["**"], "bundle_layer": "false"},
        PIP_NO_INDEX="1",
    )
    assert done.returncode == 0, done.stderr
