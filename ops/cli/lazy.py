"""Commands that are imported when they are run, so that `tally --help` is quick.

Click's own way ("Complex Applications", lazy loading): a group that knows the names of its
commands, and imports a command's module when it is run. A list of the commands needs only the first
line of each one's help; a test holds those lines to the commands' own.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from ops.pipeline.errors import BAD_USAGE, OpsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType


class LazyGroup(TyperGroup):
    """A group whose commands are modules of `ops.cli`, each with a Typer called `app`."""

    summaries: ClassVar[Mapping[str, str]] = {}
    """Each command's name, and the first line of its help."""
    extras: ClassVar[Mapping[str, str]] = {}
    """The extras of the distribution (pyproject.toml) that a command needs, where it needs any."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands' names, in the order of the table."""
        del ctx
        return list(self.summaries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command as far as it is loaded: at least its name and the first line of its help."""
        del ctx
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        if cmd_name not in self.summaries:
            return None
        return TyperCommand(cmd_name, help=self.summaries[cmd_name])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Load the command that is run, or whose options a shell completes."""
        if args and args[0] in self.summaries:
            self.load(args[0])
        return super().resolve_command(ctx, args)

    def load(self, name: str) -> Any:
        """Import a command's module; the command.

        Raises:
            OpsError: a package of an extra that was not installed is missing.
        """
        if name not in self.commands:
            command = get_command(self._module(name).app)
            command.name = name
            self.commands[name] = command
        return self.commands[name]

    def _module(self, name: str) -> ModuleType:
        try:
            return import_module(f"ops.cli.{name}")
        except ModuleNotFoundError as missing:
            if name not in self.extras:
                raise
            raise OpsError(
                f"`tally {name}` needs the package {missing.name}, which is not installed: "
                f"pip install '.[{self.extras[name]}]' in the clone of Tally",
                BAD_USAGE,
            ) from missing
