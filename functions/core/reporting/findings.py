"""What a report is made from, beside the summary of the records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions.core.reporting.contents import Repeated
from functions.core.reporting.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from functions.core.reporting.deliveries import Delivery
    from functions.core.reporting.runtime_off import Off
    from functions.core.reporting.trend import Reported
    from functions.core.reporting.unusual.day import Earlier


@dataclass(frozen=True)
class Unfinished:
    """An object version without a record: its execution failed, or runs still."""

    key: str
    version_id: str
    execution_arn: str
    status: str
    state: str | None = None
    error: str | None = None
    described: bool = True
    """False where there are so many that which file it is of was not asked: it is only counted."""

    def to_json(self) -> dict[str, Any]:
        """With the execution's page in the AWS console."""
        return {
            "key": self.key,
            "version_id": self.version_id,
            "status": self.status,
            "state": self.state,
            "error": self.error,
            "execution_arn": self.execution_arn,
            "console_url": console_url(self.execution_arn),
        }


@dataclass(frozen=True)
class Expected:
    """A file that a contract expects on the day: whether one came, and whether one is processed."""

    contract: str
    prefix: str
    came: bool
    processed: bool


@dataclass(frozen=True)
class Findings:
    """What the report is made from, beside the summary of the records."""

    date: str
    settled: bool
    redriven: bool = False
    """Whether what had failed may have been redriven while the report was made."""
    failed: Sequence[Unfinished] = ()
    in_flight: Sequence[Unfinished] = ()
    expected: Sequence[Expected] = ()
    deliveries: Sequence[Delivery] = ()
    """What manifests list, and how it stands."""
    repeated: Repeated = field(default_factory=Repeated)
    """Files whose content was there before."""
    open_executions: int = 0
    """Executions of the day that failed or run, also those whose file has a record by another."""
    ignored_keys: Sequence[str] = ()
    """The patterns of keys that start no execution, and so are in no number."""
    acknowledged: Sequence[Mapping[str, Any]] = ()
    """Messages of the dead-letter queue that were taken away on the day, and why."""
    runtime_off: Sequence[Off] = ()
    """When the local runtime was off."""
    origin: Origin = field(default_factory=Origin)
    history: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    """Of each day before, what `day_totals` keeps."""
    earlier: Earlier = field(default_factory=dict)
    """What the day is compared with."""
    reported: Reported = field(default_factory=dict)
    """The prefixes of the last days that have a report."""
    mute_unusual: Sequence[str] = ()
    """Where what is unusual is not said (`unusual.kinds`)."""


def console_url(execution_arn: str) -> str:
    """Where the AWS console shows an execution."""
    region = execution_arn.split(":")[3]
    return (
        f"https://{region}.console.aws.amazon.com/states/home?region={region}"
        f"#/v2/executions/details/{execution_arn}"
    )
