"""The settings of a deployment: read once from the CDK context, checked, and typed from then on.

The values come from `cdk.json` and from `cdk ... -c name=value`, which gives strings. A value that
cannot be right stops the synthesis with one line, before CloudFormation half-way through does.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, cast

from stacks.settings.setting_fields import SettingFields
from stacks.settings.setting_types import wildcards
from stacks.settings.together import contradictions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class SettingsError(Exception):
    """A setting is unknown or its value cannot be used; the message is for the person deploying."""


@dataclass(frozen=True, kw_only=True)
class Settings(SettingFields):
    """What a deployer said, and what follows from it."""

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Settings:
        """Read what is set, leave the rest at its default.

        Raises:
            SettingsError: a value cannot be used, or a name looks like a misspelt setting.
        """
        known = {each.name: each.metadata["parse"] for each in fields(cls)}
        for name in context:
            _refuse_misspelling(name, known)
        given = {name: context[name] for name in known if context.get(name) is not None}
        found = cls(**{name: _parse(name, value, known[name]) for name, value in given.items()})
        for contradiction in contradictions(found):
            raise SettingsError(f"setting {contradiction}")
        return found

    @property
    def prefix(self) -> str:
        """What every name of this deployment begins with."""
        return f"{self.project_name}-{self.environment}"

    @property
    def global_prefix(self) -> str:
        """What a name begins with that all regions of the account share, as a dashboard's."""
        return f"{self.prefix}-{self.aws_region}"

    @property
    def ignored_keys(self) -> tuple[str, ...]:
        """`ignore_keys` and folder markers as EventBridge's wildcards, which match a whole key."""
        return (
            "*/",
            *(each for pattern in self.ignore_keys.split() for each in wildcards(pattern)),
        )

    @property
    def report_hour_and_minute(self) -> tuple[str, str]:
        """`report_time` as a cron expression has it, without leading zeros."""
        hour, minute = self.report_time.split(":")
        return str(int(hour)), str(int(minute))

    @property
    def all_tags(self) -> dict[str, str]:
        """The tags of every resource."""
        given = (each.partition("=")[::2] for each in self.tags.split())
        return {"project": self.project_name, "environment": self.environment, **dict(given)}

    @property
    def encrypts(self) -> bool:
        """Whether what is stored from now on is encrypted with the deployment's own key."""
        return self.customer_key == "true"

    @property
    def rollout(self) -> str:
        """How a new version takes over: plain, gradual or at_once."""
        if self.deployment == "auto":
            return "gradual" if self.is_prod else "plain"
        return self.deployment

    @property
    def has_aliases(self) -> bool:
        """Whether functions and state machines have versions, and an alias to call them by."""
        return self.rollout != "plain"

    @property
    def shifts(self) -> bool:
        """Whether an alias moves step by step."""
        return self.rollout == "gradual"

    @property
    def is_prod(self) -> bool:
        """Whether data outlives its stack."""
        return self.environment == "prod"


def _parse(name: str, value: Any, parse: Callable[[Any], Any]) -> Any:
    try:
        return parse(value)
    except ValueError as problem:
        raise SettingsError(f"setting {name}: {problem}, not {value!r}") from None


def _refuse_misspelling(name: str, known: Mapping[str, object]) -> None:
    """A context holds other tools' keys too, so only a near miss is taken for an error."""
    if name in known or ":" in name:
        return
    near = cast("list[str]", difflib.get_close_matches(name, known, n=1, cutoff=0.8))
    if near:
        raise SettingsError(f"setting {name}: unknown; did you mean {near[0]}?")
