"""The synthesized templates, read as a person reads them."""

import json
import re
from pathlib import Path

import pytest

from tests.builders.app_runs import run_app
from tests.conftest import only_one_process

ROOT = Path(__file__).resolve().parents[2]


class Template:
    """One stack's template, with every reference spelled `${Name.Attribute}`.

    Names are the construct ids of the stacks: the hash that CDK appends is left out, and an import
    from another stack reads like the resource it stands for.
    """

    def __init__(self, raw, exports):
        self.raw = raw
        self._exports = exports

    def all(self, kind):
        """Properties of all resources of a type, by readable name."""
        found = self.raw["Resources"].items()
        return {
            without_hash(name): self.spell(resource.get("Properties", {}))
            for name, resource in found
            if resource["Type"] == kind
        }

    def one(self, kind, name):
        return self.all(kind)[name]

    def resource(self, name):
        """A whole resource, its deletion policy included."""
        (found,) = [
            resource for key, resource in self.raw["Resources"].items() if without_hash(key) == name
        ]
        return self.spell(found)

    def grants(self, role):
        """What a role may do, one sentence for each action on each resource."""
        return {
            sentence
            for policy in self.all("AWS::IAM::Policy").values()
            if policy["Roles"] == [f"${{{role}}}"]
            for statement in policy["PolicyDocument"]["Statement"]
            for sentence in sentences(statement)
        }

    def trust(self, role):
        """Who may take a role, and when."""
        (statement,) = self.one("AWS::IAM::Role", role)["AssumeRolePolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")
        return statement["Principal"], statement.get("Condition")

    def definition(self, name):
        """A state machine as Step Functions gets it: parsed, its placeholders filled."""
        machine = self.one("AWS::StepFunctions::StateMachine", name)
        text = json.dumps(json.loads(machine["DefinitionString"]))
        for placeholder, value in machine["DefinitionSubstitutions"].items():
            text = text.replace(f"${{{placeholder}}}", f"<{value.strip('${}')}>")
        return json.loads(text)

    def spell(self, value):
        if isinstance(value, list):
            return [self.spell(each) for each in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function in REFERENCES:
                return REFERENCES[function](self, argument)
        return {key: self.spell(each) for key, each in value.items()}

    def import_value(self, name):
        return self._exports[name]

    def join(self, argument):
        separator, parts = argument
        return separator.join(self.spell(part) for part in parts)


REFERENCES = {
    "Ref": lambda _, name: f"${{{without_hash(name)}}}",
    "Fn::GetAtt": lambda _, path: f"${{{without_hash(path[0])}.{path[1]}}}",
    "Fn::ImportValue": Template.import_value,
    "Fn::Join": Template.join,
}


def without_hash(logical_id):
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)


def sentences(statement):
    assert statement["Effect"] == "Allow"
    condition = statement.get("Condition")
    when = f" when {json.dumps(condition)}" if condition else ""
    for action in as_list(statement["Action"]):
        for resource in as_list(statement["Resource"]):
            yield f"{action} on {resource}{when}"


def as_list(value):
    return value if isinstance(value, list) else [value]


class Stacks:
    """A cloud assembly's templates by their short names."""

    def __init__(self, folder):
        self.folder = folder
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.templates = {}
        exports = {}
        for short in (
            "network",
            "encryption",
            "storage",
            "processing",
            "reporting",
            "monitoring",
            "delivery",
        ):
            for path in folder.glob(f"*-{short}.template.json"):
                template = Template(json.loads(path.read_text()), exports)
                self.templates[short] = template
                for output in template.raw.get("Outputs", {}).values():
                    if "Export" in output:
                        exports[output["Export"]["Name"]] = template.spell(output["Value"])

    def __getattr__(self, short):
        return self.templates[short]

    def artifact(self, short):
        """A stack's properties in the assembly's manifest."""
        (found,) = [
            artifact["properties"]
            for name, artifact in self.manifest["artifacts"].items()
            if name.endswith(f"-{short}")
        ]
        return found

    def assets(self, short):
        """The folders that a stack uploads, each relative to its file's path."""
        (path,) = self.folder.glob(f"*-{short}.assets.json")
        files = json.loads(path.read_text())["files"].values()
        return [
            self.folder / file["source"]["path"]
            for file in files
            if file["source"]["packaging"] == "zip"
        ]


@pytest.fixture(scope="session")
def dev(assembly):
    return Stacks(assembly)


@pytest.fixture(scope="session")
def prod(shared_folder):
    return once(run_app, shared_folder, "prod", {"environment": "prod"})


UUID = "0123abcd-01ab-01ab-01ab-0123456789ab"
EVERYTHING = {
    "environment": "prod",
    "customer_key": "true",
    "access_log_days": "90",
    "raw_days": "400",
    "record_days": "800",
    "summary_days": "20",
    "dead_letter_days": "7",
    "report_time": "06:30",
    "file_concurrency": "50",
    "monthly_budget_usd": "25",
    "notify_email": "ops@example.com",
    "github_repository": "owner@12/name@34",
    "uploader_accounts": "111122223333 444455556666",
    "tags": "cost-center=42 owner=files",
    "permissions_boundary": "teams/files-boundary",
    "mute_unusual": "tests/ orders/:late",
    "report_message": "chat",
    "slack_channel": "T07EA123LEP/C07EZ1ABC23",
    "teams_channel": f"{UUID}/{UUID}/19%3aabc-123%40thread.tacv2",
    "rejected_percent": "20",
    "quiet_good_days": "true",
}


OTHERWISE = {
    "project_name": "otherwise",
    "deployment": "gradual",
    "tracing": "off",
    "customer_key": "retired",
    "vpc_subnets": "subnet-0123456789abcdef0 subnet-0123456789abcdef1",
    "vpc_security_groups": "sg-0123456789abcdef0",
    "vpc_id": "vpc-0123456789abcdef0",
    "vpc_route_tables": "rtb-0123456789abcdef0",
    "rejected_percent": "99",
}
"""What neither the defaults nor `EVERYTHING` say."""


@pytest.fixture(scope="session")
def full(shared_folder, app):
    """A deployment that has everything that there can be."""
    return once(app, shared_folder, "full", EVERYTHING)


@pytest.fixture(scope="session")
def otherwise(shared_folder, app):
    """A deployment of settings that exclude those of `full`."""
    return once(app, shared_folder, "otherwise", OTHERWISE)


def once(run, folder, name, context):
    """A deployment that all processes of a run of the tests share."""
    out = folder / name
    with only_one_process(folder / f"{name}.lock"):
        if not (out / "manifest.json").exists():
            done = run(out, context)
            assert done.returncode == 0, done.stderr
    return Stacks(out)


@pytest.fixture(scope="session")
def storage(dev):
    return dev.storage


@pytest.fixture(scope="session")
def processing(dev):
    return dev.processing


@pytest.fixture(scope="session")
def reporting(dev):
    return dev.reporting


@pytest.fixture(scope="session")
def monitoring(dev):
    return dev.monitoring


@pytest.fixture(scope="session")
def own_app():
    """Runs the app in a process of its own."""
    return run_app


@pytest.fixture(scope="session")
def machines(dev):
    homes = (("processing", "ProcessFile"), ("reporting", "DailyReport"))
    return {machine: dev.templates[stack].definition(machine) for stack, machine in homes}


@pytest.fixture(scope="session")
def process_file(machines):
    return machines["ProcessFile"]["States"]


@pytest.fixture(scope="session")
def daily_report(machines):
    return machines["DailyReport"]["States"]


@pytest.fixture(scope="session")
def all_states(machines):
    return {name: state for machine in machines.values() for name, state in states_of(machine)}


@pytest.fixture(scope="session")
def tasks(all_states):
    return {name: state for name, state in all_states.items() if state["Type"] == "Task"}


def states_of(machine):
    """All states by name, those inside a Map included."""
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states_of(state["ItemProcessor"])
