"""Whose report it is, and where the AWS console shows what it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from functions.core import keys

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Origin:
    """Whose report it is; "" for what was not told."""

    project: str = ""
    environment: str = ""
    account: str = ""
    region: str = ""
    machine: str = ""
    """The ARN of `process_file`, which the AWS console's page of its executions is found by."""
    bucket: str = ""
    """The reports bucket."""

    @classmethod
    def of(cls, machine: str, bucket: str, project: str, environment: str) -> Origin:
        """Region and account are those of the state machine, by its ARN."""
        region, account = machine.split(":")[3:5]
        return cls(project, environment, account, region, machine, bucket)

    @property
    def command(self) -> str:
        """`tally`, told which deployment."""
        return command(self.to_json()) if self.project else "tally"

    def executions_url(self, status: str) -> str:
        """The AWS console's page of the executions of such a status."""
        if not self.machine:
            return ""
        home = f"https://{self.region}.console.aws.amazon.com/states/home?region={self.region}"
        return f"{home}#/statemachines/view/{self.machine}?statusFilter={status}"

    def records_url(self, date: str, prefix: str) -> str:
        """The AWS console's page of the day's records of a prefix."""
        if not self.bucket:
            return ""
        below = "" if prefix.startswith("(") else prefix
        place = quote(f"{keys.day_prefix(date)}{below}", safe="/=")
        return (
            f"https://{self.region}.console.aws.amazon.com/s3/buckets/{self.bucket}"
            f"?region={self.region}&prefix={place}"
        )

    def files(self, date: str) -> dict[str, str]:
        """Where all files of a day are found, and their records as one file."""
        return {
            "console_url": self.records_url(date, ""),
            "command": f"{self.command} files --date {date}",
            "records": f"s3://{self.bucket}/{keys.records_key(date)}" if self.bucket else "",
        }

    def to_json(self) -> dict[str, str]:
        """As reports name it."""
        names = ("project", "environment", "account", "region")
        return {name: getattr(self, name) for name in names}


NOWHERE = Origin()
"""Of a report that was not told whose it is."""


def command(deployment: Mapping[str, str]) -> str:
    """`tally`, told which deployment, as a report names it."""
    return f"tally --project {deployment['project']} --environment {deployment['environment']}"
