"""Linters that nobody here chose: checkov and parliament, over the templates of every deployment.

`python -m checks.outside_linters` synthesizes what `checks.templates` lints and prints what these
two find and nobody argued, a line each. They pin boto3 and others by versions of their own, so that
they have an environment of their own: `make lint-templates` makes it.

Exit status: 0 where nothing is found that is not argued, 1 otherwise.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checks.argued import ARGUED
from checks.templates import DEPLOYMENTS, documents, synthesize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
LINTERS: Final = ROOT / ".venv-lint" / "bin"
HASH: Final = re.compile(r"[0-9A-F]{8}$")
KNOWN: Final = {
    "AWS::AccountId": "123456789012",
    "AWS::Region": "us-east-1",
    "AWS::Partition": "aws",
}

ARNS: Final = {
    "Bucket[0-9A-F]{8}": "arn:aws:s3:::any",
    "Queue[0-9A-F]{8}": "arn:aws:sqs:us-east-1:123456789012:any",
    "Key[0-9A-F]{8}": "arn:aws:kms:us-east-1:123456789012:key/any",
    "Logs[0-9A-F]{8}": "arn:aws:logs:us-east-1:123456789012:log-group:any:*",
    "Role[0-9A-F]{8}": "arn:aws:iam::123456789012:role/any",
    "Fails[0-9A-F]{8}": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:any",
    "(Reports|Alarms)[0-9A-F]{8}": "arn:aws:sns:us-east-1:123456789012:any",
    "(ProcessFile|DailyReport)[0-9A-F]{8}": (
        "arn:aws:states:us-east-1:123456789012:stateMachine:any"
    ),
}
"""What stands for a reference to a resource, by its logical id; any other is a function."""

Finding = tuple[str, str, str]
"""A linter's rule, the construct that it is about, and what it says."""


def findings(folder: Path) -> set[Finding]:
    """Everything that both find in the templates of a folder, and of those in it."""
    return {*_checkov(folder), *_parliament(folder)}


def unargued(found: Iterable[Finding]) -> list[str]:
    """The findings that nobody argued, a line each."""
    return sorted(
        f"{rule} {construct}: {said}"
        for rule, construct, said in found
        if (rule, construct) not in ARGUED
    )


def _checkov(folder: Path) -> Iterator[Finding]:
    """What checkov's checks of CloudFormation say, without its platform and without a network."""
    options = ("--framework", "cloudformation", "--output", "json", "--quiet", "--compact")
    answer = _run("checkov", "--directory", str(folder), *options, "--skip-download")
    for report in answer if isinstance(answer, list) else [answer]:
        for each in report.get("results", {}).get("failed_checks", ()):
            logical_id = each["resource"].rpartition(".")[2]
            yield each["check_id"], HASH.sub("", logical_id), each["check_name"]


def _parliament(folder: Path) -> Iterator[Finding]:
    """What parliament says of every policy, each with its references filled in."""
    with tempfile.TemporaryDirectory() as scratch:
        every = (
            each
            for path in folder.rglob("*.template.json")
            for each in documents(json.loads(path.read_text()))
        )
        for number, (name, document) in enumerate(every):
            if "Principal" not in document["Statement"][0]:
                text = json.dumps({"Version": "2012-10-17", **filled(document)})
                (Path(scratch) / f"{HASH.sub('', name)}.{number}.json").write_text(text)
        for each in _lines("parliament", "--directory", scratch, "--json"):
            construct = Path(each["location"]["filepath"]).name.partition(".")[0]
            yield each["issue"], construct, f"{each['title']} {each['detail']}".strip()


def filled(part: Any) -> Any:
    """A part of a template with text for every reference in it."""
    if isinstance(part, list):
        return [filled(each) for each in part]
    if not isinstance(part, dict):
        return part
    if len(part) == 1:
        ((function, argument),) = part.items()
        if function == "Fn::Join":
            return argument[0].join(str(filled(each)) for each in argument[1])
        if function in {"Ref", "Fn::GetAtt", "Fn::ImportValue"}:
            return _value(function, argument)
    return {key: filled(value) for key, value in part.items()}


def _value(function: str, argument: Any) -> str:
    if function == "Ref" and argument in KNOWN:
        return KNOWN[argument]
    name = argument if isinstance(argument, str) else ".".join(argument)
    found = (arn for pattern, arn in ARNS.items() if re.search(pattern, name))
    return next(found, "arn:aws:lambda:us-east-1:123456789012:function:any")


def _run(*command: str) -> Any:
    text = _output(*command)
    return json.loads(text) if text.strip() else []


def _lines(*command: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _output(*command).splitlines() if line.startswith("{")]


def _output(program: str, *options: str) -> str:
    """What a linter prints: both end with 1 where they find something.

    Raises:
        RuntimeError: it broke, or it is not there.
    """
    if not (LINTERS / program).exists():
        raise RuntimeError(f"there is no {LINTERS / program}: make lint-templates makes it")
    command = [str(LINTERS / program), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode > 1 or "Traceback" in done.stderr:
        raise RuntimeError(f"{program}: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout


def main() -> int:
    """Lint every deployment; the exit status."""
    with tempfile.TemporaryDirectory() as out:
        for number, settings in enumerate(DEPLOYMENTS.values()):
            problem = synthesize(settings, Path(out, str(number)))
            if problem:
                sys.stdout.writelines(f"{line}\n" for line in problem)
                return 1
        found = findings(Path(out))
    gone = sorted(
        f"{rule} {construct}: argued, and found no more"
        for rule, construct in ARGUED.keys() - {each[:2] for each in found}
    )
    shown = [*unargued(found), *gone]
    sys.stdout.writelines(
        f"{line}\n" for line in shown or ["checkov, parliament: nothing that is not argued"]
    )
    return 1 if shown else 0


if __name__ == "__main__":
    sys.exit(main())
