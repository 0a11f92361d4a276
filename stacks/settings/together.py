"""Settings that are right each by itself and wrong together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_FUNCTIONS: Final = 5
"""Each has `file_concurrency` reserved."""
LEFT_UNRESERVED: Final = 100
"""Lambda refuses to reserve the last of them (Lambda Developer Guide, "Configuring reserved
concurrency")."""


class Concurrency(Protocol):
    """The settings of how much runs at once."""

    @property
    def file_concurrency(self) -> int:
        """Reserved for each function of files; 0 for nothing."""

    @property
    def batch_concurrency(self) -> int:
        """Batches or ranges at once."""

    @property
    def account_concurrency(self) -> int:
        """The account's quota."""


class Network(Protocol):
    """The settings of the VPC that functions run in, each empty for none."""

    @property
    def vpc_subnets(self) -> str:
        """Where the functions are."""

    @property
    def vpc_security_groups(self) -> str:
        """Theirs."""

    @property
    def vpc_id(self) -> str:
        """Where endpoints are to be made."""

    @property
    def vpc_route_tables(self) -> str:
        """What the endpoint of S3 is entered in."""


class Chat(Protocol):
    """The settings of channels, each empty for none."""

    @property
    def slack_channel(self) -> str:
        """Of Slack."""

    @property
    def teams_channel(self) -> str:
        """Of Teams."""

    @property
    def report_message(self) -> str:
        """What the topic of reports carries."""


class Combined(Concurrency, Network, Chat, Protocol):
    """All settings that depend on each other."""


def contradictions(settings: Combined) -> Iterator[str]:
    """What the settings cannot mean at once, a line each, with what to do."""
    yield from _of_network(settings)
    yield from _of_concurrency(settings)
    yield from _of_chat(settings)


def _of_network(settings: Network) -> Iterator[str]:
    if bool(settings.vpc_subnets) != bool(settings.vpc_security_groups):
        yield "vpc_subnets goes with vpc_security_groups: give both, or neither"
    if bool(settings.vpc_id) != bool(settings.vpc_route_tables):
        yield "vpc_id goes with vpc_route_tables: give both for endpoints, or neither for none"
    if settings.vpc_id and not settings.vpc_subnets:
        yield "vpc_id makes endpoints for functions in vpc_subnets: give these, too"


def _of_chat(settings: Chat) -> Iterator[str]:
    for name in ("slack_channel", "teams_channel"):
        if getattr(settings, name) and settings.report_message != "chat":
            yield (
                f"{name} needs report_message chat, since the channel shows no other messages:"
                " set it, or leave the channel out"
            )


def _of_concurrency(settings: Concurrency) -> Iterator[str]:
    reserved = FILE_FUNCTIONS * settings.file_concurrency
    needed = reserved + LEFT_UNRESERVED
    quota, batches = settings.account_concurrency, settings.batch_concurrency
    if reserved and needed > quota:
        yield (
            f"file_concurrency {settings.file_concurrency} reserves {reserved} calls, and Lambda"
            f" keeps {LEFT_UNRESERVED} unreserved: that takes an account_concurrency of {needed:,},"
            f" not {quota:,}; reserve less, or ask AWS for a higher quota"
        )
    if reserved and batches > settings.file_concurrency:
        yield (
            f"batch_concurrency {batches} is over file_concurrency {settings.file_concurrency}:"
            " the ranges of one large file would only wait for each other; make it lower"
        )
    if batches > quota:
        yield (
            f"batch_concurrency {batches} is over account_concurrency {quota}:"
            " batches would only wait for each other; make it lower"
        )
