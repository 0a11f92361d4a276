"""The logs of functions, written as their roles allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from local.iam.authorizer import Authorizer
    from local.logs import CloudWatchLogs


class RoleLogs:
    """What functions write, as far as their roles may write it; as on AWS, the rest is lost."""

    def __init__(
        self, logs: CloudWatchLogs, authorizer: Authorizer, region: str, account_id: str
    ) -> None:
        self._logs = logs
        self._authorizer = authorizer
        self._groups = f"arn:aws:logs:{region}:{account_id}:log-group"

    def of_role(self, role_arn: str, group: str, stream: str) -> Callable[[Sequence[str]], None]:
        """How a function with that role writes lines to that stream, from when it may."""
        group_arn = f"{self._groups}:{group}"
        wanted = {
            "logs:CreateLogStream": f"{group_arn}:*",
            "logs:PutLogEvents": f"{group_arn}:log-stream:{stream}",
        }
        allowed = self._allowed(role_arn, wanted)

        def write(lines: Sequence[str]) -> None:
            nonlocal allowed
            allowed = allowed or self._allowed(role_arn, wanted)
            if allowed:
                self._logs.write_all(group, stream, lines)

        return write

    def _allowed(self, role_arn: str, wanted: Mapping[str, str]) -> bool:
        # Both are asked for, so that both are recorded.
        decisions = [
            self._authorizer.allows(role_arn, action, arn, {}) for action, arn in wanted.items()
        ]
        return all(decisions)
