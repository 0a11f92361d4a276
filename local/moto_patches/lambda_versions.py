"""Numbers of Lambda's versions that are never used again.

moto numbers a version by how many there are, so that after one was deleted a number comes twice
(developer guide, "Lambda function versions": a number is not reused).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.awslambda.models import LambdaStorage

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

PUBLISH: Final = LambdaStorage.publish_version


def publish_version(self: Any, name_or_arn: str, description: str = "") -> LambdaFunction | None:
    """PublishVersion, above the highest number that the function ever had."""
    function = self.get_function_by_name_or_arn_forbid_qualifier(name_or_arn)
    versions: list[LambdaFunction] = self._functions[function.function_name]["versions"]
    before = list(versions)
    made = PUBLISH(self, name_or_arn, description)
    if made is not None and made not in before:
        highest = getattr(function, "highest_version", 0)
        made.set_version(max(highest + 1, int(made.version)))
        function.highest_version = int(made.version)
        self._arns[made.function_arn] = made
    return made


def install() -> None:
    """Put it in moto's place."""
    LambdaStorage.publish_version = publish_version  # type: ignore[method-assign]
