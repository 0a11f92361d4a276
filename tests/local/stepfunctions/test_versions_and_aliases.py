"""Versions, aliases and their routing, and what executions say of them (API reference)."""

import json
from collections import Counter

import pytest

ROLE = "arn:aws:iam::123456789012:role/machine"
PASS = {"Type": "Pass"}
MISSING = "Request references a resource that does not exist."


def answering(word):
    return {"Type": "Pass", "Output": word}


@pytest.fixture
def machine(api):
    return api.machine(answering("first"))


@pytest.fixture
def change(api, row, machine):
    """Give the machine another definition and publish it; the version's ARN."""

    def to(state):
        definition = json.dumps(row(state))
        answer = api(
            "UpdateStateMachine", stateMachineArn=machine, definition=definition, publish=True
        )
        return answer["stateMachineVersionArn"]

    return to


def publish(api, machine, **more):
    return api("PublishStateMachineVersion", stateMachineArn=machine, **more)[
        "stateMachineVersionArn"
    ]


def routed(*versions):
    return [{"stateMachineVersionArn": arn, "weight": weight} for arn, weight in versions]


def alias(api, *versions, name="live", **more):
    given = {"name": name, "routingConfiguration": routed(*versions), **more}
    return api("CreateStateMachineAlias", **given)["stateMachineAliasArn"]


def test_a_version_keeps_its_definition_when_the_machine_gets_another(api, machine, change):
    first = publish(api, machine, description="as it began")
    assert first == f"{machine}:1"
    assert change(answering("second")) == f"{machine}:2"
    assert json.loads(api.run(first)["output"]) == "first"
    assert json.loads(api.run(f"{machine}:2")["output"]) == "second"
    found = api("DescribeStateMachine", stateMachineArn=first)
    assert (found["stateMachineArn"], found["description"]) == (first, "as it began")
    assert "first" in found["definition"]


def test_a_revision_has_one_version(api, machine):
    assert publish(api, machine) == publish(api, machine, description="again")
    assert publish(api, machine, revisionId="INITIAL") == f"{machine}:1"


def test_a_revision_that_is_no_more_is_not_published(api, machine, change):
    change(answering("second"))
    code, message = api.refused(
        "PublishStateMachineVersion", stateMachineArn=machine, revisionId="INITIAL"
    )
    assert code == "ConflictException"
    assert message.startswith("Failed to publish the State Machine version for revision INITIAL.")


def test_a_machine_is_created_with_its_first_version(api, row):
    given = {"name": "m", "definition": json.dumps(row(PASS)), "roleArn": ROLE}
    made = api("CreateStateMachine", **given, publish=True, versionDescription="one")
    assert made["stateMachineVersionArn"] == f"{made['stateMachineArn']}:1"
    code, message = api.refused("CreateStateMachine", **given, versionDescription="one")
    assert (code, message) == (
        "ValidationException",
        "Version description can only be set when publish is true",
    )


def test_versions_are_listed_from_the_newest_and_numbers_are_not_used_again(api, machine, change):
    publish(api, machine)
    change(answering("second"))
    third = change(answering("third"))
    pages = api.pages(
        "ListStateMachineVersions", "stateMachineVersions", stateMachineArn=machine, maxResults=2
    )
    numbers = [[each["stateMachineVersionArn"][-1] for each in page] for page in pages]
    assert numbers == [["3", "2"], ["1"]]
    api("DeleteStateMachineVersion", stateMachineVersionArn=third)
    api("DeleteStateMachineVersion", stateMachineVersionArn=third)
    assert change(answering("fourth")) == f"{machine}:4"
    code, _ = api.refused("StartExecution", stateMachineArn=third)
    assert code == "StateMachineDoesNotExist"


def test_executions_say_by_which_version_and_alias_they_were_started(api, world, machine):
    version = publish(api, machine)
    live = alias(api, (version, 100))
    by_alias, by_version, plain = (api.run(arn) for arn in (live, version, machine))
    keys = ("stateMachineArn", "stateMachineVersionArn", "stateMachineAliasArn")
    told = [[each.get(key) for key in keys] for each in (by_alias, by_version, plain)]
    assert told == [
        [machine, version, live],
        [machine, version, None],
        [machine, None, None],
    ]
    ends = {
        each["executionArn"]: [each[key] for key in keys]
        for each in world.details
        if each["status"] == "SUCCEEDED"
    }
    assert ends[by_alias["executionArn"]] == told[0]
    for arn, number in ((live, 1), (version, 2), (machine, 3)):
        listed = api("ListExecutions", stateMachineArn=arn)["executions"]
        assert len(listed) == number
    assert listed[-1]["stateMachineAliasArn"] == live


def test_an_alias_shares_executions_out_by_weight(api, world, machine, change):
    first = publish(api, machine)
    second = change(answering("second"))
    live = alias(api, (first, 90), (second, 10))
    found = Counter(api.run(live)["stateMachineVersionArn"] for _ in range(200))
    assert set(found) == {first, second}
    assert 5 <= found[second] <= 40, found
    api(
        "UpdateStateMachineAlias",
        stateMachineAliasArn=live,
        routingConfiguration=routed((second, 100)),
    )
    assert {api.run(live)["stateMachineVersionArn"] for _ in range(20)} == {second}


def test_a_redrive_keeps_the_version_that_the_execution_began_with(api, machine, change):
    """Step Functions guide, "Restarting state machine executions with redrive"."""
    first = change({"Type": "Fail", "Error": "Broken"})
    live = alias(api, (first, 100))
    arn = api.run(live)["executionArn"]
    second = change(answering("mended"))
    api(
        "UpdateStateMachineAlias",
        stateMachineAliasArn=live,
        routingConfiguration=routed((second, 100)),
    )
    api("DeleteStateMachineVersion", stateMachineVersionArn=first)
    api("RedriveExecution", executionArn=arn)
    again = api.end(arn)
    assert (again["status"], again["stateMachineVersionArn"]) == ("FAILED", first)
    assert api.run(live)["status"] == "SUCCEEDED"


def test_an_alias_is_described_listed_changed_and_deleted(api, machine, change):
    first, second = publish(api, machine), change(answering("second"))
    live = alias(api, (first, 100), description="what is used")
    assert alias(api, (first, 100), description="what is used") == live
    other = alias(api, (second, 100), name="next")
    api("UpdateStateMachineAlias", stateMachineAliasArn=live, description="now")
    found = api("DescribeStateMachineAlias", stateMachineAliasArn=live)
    assert (found["name"], found["description"]) == ("live", "now")
    assert found["routingConfiguration"] == routed((first, 100))
    for arn, names in ((machine, [[other], [live]]), (first, [[live]])):
        pages = api.pages(
            "ListStateMachineAliases", "stateMachineAliases", stateMachineArn=arn, maxResults=1
        )
        assert [[each["stateMachineAliasArn"] for each in page] for page in pages] == names
    code, message = api.refused("DeleteStateMachineVersion", stateMachineVersionArn=first)
    assert code == "ConflictException"
    assert message.endswith("Current list of aliases referencing this version: [live]")
    api("DeleteStateMachineAlias", stateMachineAliasArn=live)
    api("DeleteStateMachineVersion", stateMachineVersionArn=first)
    refused = api.refused("DescribeStateMachineAlias", stateMachineAliasArn=live)
    assert refused == ("ResourceNotFound", MISSING)


def test_a_wrong_routing_is_refused(api, machine, change):
    first, second = publish(api, machine), change(answering("second"))
    foreign = publish(api, api.machine(PASS, name="other"))
    wrong = [
        ([(first, 50), (second, 49)], "ValidationException", "weights must equal 100"),
        ([(first, 50), (first, 50)], "ValidationException", "distinct"),
        ([(first, 50), (foreign, 50)], "ValidationException", "same state machine"),
        ([(f"{machine}:9", 100)], "ResourceNotFound", MISSING),
        ([(machine, 100)], "ResourceNotFound", MISSING),
    ]
    for versions, code, words in wrong:
        given = {"name": "live", "routingConfiguration": routed(*versions)}
        refused = api.refused("CreateStateMachineAlias", **given)
        assert refused[0] == code
        assert words in refused[1]
    live = alias(api, (first, 100))
    changed = {"name": "live", "routingConfiguration": routed((second, 100))}
    assert api.refused("CreateStateMachineAlias", **changed)[0] == "ConflictException"
    nothing = api.refused("UpdateStateMachineAlias", stateMachineAliasArn=live)
    assert nothing[0] == "ValidationException"


def test_a_machine_goes_with_its_versions_and_aliases(api, machine):
    live = alias(api, (publish(api, machine), 100))
    api("DeleteStateMachine", stateMachineArn=machine)
    assert api.refused("StartExecution", stateMachineArn=live)[0] == "StateMachineDoesNotExist"
    assert api("ListStateMachineVersions", stateMachineArn=machine) == {"stateMachineVersions": []}


def test_a_machine_has_a_hundred_aliases_at_most(api, machine):
    version = publish(api, machine)
    for number in range(100):
        alias(api, (version, 100), name=f"a{number}")
    given = {"name": "one-more", "routingConfiguration": routed((version, 100))}
    assert api.refused("CreateStateMachineAlias", **given)[0] == "ServiceQuotaExceededException"


def test_an_express_machine_is_started_by_its_alias(api):
    machine = api.machine(answering("quick"), kind="EXPRESS")
    live = alias(api, (publish(api, machine), 100))
    answer = api("StartSyncExecution", stateMachineArn=live)
    assert (answer["status"], answer["stateMachineArn"]) == ("SUCCEEDED", machine)
