"""EventBridge Scheduler's clock: schedules fire as it passes the times at which they are due.

moto keeps the schedules and never runs them. The clock is this machine's until it is set, and then
goes on from where it was set. Set forward, it fires what came due on the way; set back, nothing.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections import deque
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

from local import moto_backends
from local.events.cron_fields import BadExpression
from local.events.delivery import MOST_TRIES, Delivery
from local.events.schedule_expressions import due_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from local.events.delivery import Deliveries
    from local.events.kept_clock import KeptClock

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
LONGEST_ABSENCE = timedelta(days=14)
"""How far back schedules are made up for that came due when nothing ran: Tally's redrive window."""
MOST_MADE_UP = 24
"""How often one schedule fires at most for an absence. A nightly one has 14 in 14 days; one that
measures something every few minutes would have thousands, of which the newest are enough."""
MOST_AT_ONCE = 1000
"""How often one schedule fires at most when the clock is set far ahead."""


@dataclass(frozen=True)
class Fired:
    """One schedule and the time at which it was due."""

    schedule_arn: str
    due: datetime


class Scheduler:
    """The schedules of one account and region, and their clock."""

    def __init__(
        self,
        account_id: str,
        region: str,
        deliveries: Deliveries,
        clock: KeptClock | None = None,
        at_midnight: Callable[[datetime], None] = lambda _: None,
    ) -> None:
        self._account_id = account_id
        self._region = region
        self._deliveries = deliveries
        self._clock = clock
        self._at_midnight = at_midnight
        self._ahead = timedelta() if clock is None else clock.ahead()
        self._until = self.now()
        self._was_away = clock is not None
        if clock is not None:
            clock.returned(self._until)
            self._until = max(clock.until() or self._until, self._until - LONGEST_ABSENCE)
        self._day = self._until.date()
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def now(self) -> datetime:
        """The clock's time, in UTC."""
        return datetime.now(UTC) + self._ahead

    def absences(self) -> list[tuple[datetime, datetime]]:
        """From when until when nothing ran, oldest first; of a world that is not kept, none."""
        return [] if self._clock is None else self._clock.absences()

    def start(self) -> None:
        """Let the clock run, in a thread of its own."""
        threading.Thread(target=self._run, name="scheduler", daemon=True).start()

    def stop(self) -> None:
        """Fire nothing more."""
        self._stopped.set()

    def set(self, moment: datetime | None) -> list[Fired]:
        """Set the clock, or to this machine's time; what fired on the way, in order of time."""
        with self._lock:
            self._pass()
            self._ahead = timedelta() if moment is None else moment - datetime.now(UTC)
            if self._clock is not None:
                self._clock.set(self._ahead)
            fired = self._pass()
            self._end_the_day()
            return fired

    def run(self, name: str, group: str) -> Fired:
        """Fire one schedule now, whatever its times and its state.

        Raises:
            KeyError: there is no such schedule.
        """
        found = [
            each for each in self._schedules() if (each.name, each.group_name) == (name, group)
        ]
        if not found:
            raise KeyError(name)
        now = self.now()
        self._fire(found[0], now)
        return Fired(found[0].arn, now)

    def _run(self) -> None:
        while not self._stopped.wait(TICK_SECONDS):
            with self._lock:
                self._pass()
                self._end_the_day()

    def _end_the_day(self) -> None:
        """What is done once a day, when the clock has passed a midnight, whenever that was."""
        today = self.now().date()
        if self._day < today:
            self._at_midnight(self.now())
        self._day = today

    def _pass(self) -> list[Fired]:
        """Fire what came due since the last time."""
        since, self._until = self._until, self.now()
        due = [
            (moment, schedule)
            for schedule in self._schedules()
            if schedule.state != "DISABLED"
            for moment in self._due(schedule, since)
        ]
        self._was_away = False
        due.sort(key=lambda each: each[0])
        with nullcontext() if self._clock is None else self._clock.passing(self._until, due):
            for moment, schedule in due:
                self._fire(schedule, moment)
        return [Fired(schedule.arn, moment) for moment, schedule in due]

    def _due(self, schedule: Any, since: datetime) -> Iterable[datetime]:
        """When a schedule was due; of an absence, from its making on, and the newest times."""
        if not self._was_away:
            return islice(_due(schedule, since, self._until), MOST_AT_ONCE)
        since = max(since, _moment(schedule.creation_date) or since)
        return deque(_due(schedule, since, self._until), MOST_MADE_UP)

    def _schedules(self) -> Iterator[Any]:
        groups = moto_backends.schedules(self._account_id, self._region).schedule_groups
        for group in list(groups.values()):
            yield from list(group.schedules.values())

    def _fire(self, schedule: Any, due: datetime) -> None:
        target, execution_id = schedule.target, uuid.uuid4().hex
        moment = due.strftime("%Y-%m-%dT%H:%M:%SZ")
        retries = int(target.get("RetryPolicy", {}).get("MaximumRetryAttempts", MOST_TRIES))
        delivery = Delivery(
            target_arn=target["Arn"],
            role_arn=target.get("RoleArn"),
            body=_filled(target.get("Input", "{}"), schedule.arn, moment, execution_id),
            dead_letter_arn=(target.get("DeadLetterConfig") or {}).get("Arn"),
            dead_letter_role=target.get("RoleArn"),
            origin=(
                ("SCHEDULE_ARN", schedule.arn),
                ("SCHEDULED_TIME", moment),
                ("EXECUTION_ID", execution_id),
            ),
            tries=min(retries + 1, MOST_TRIES),
            group_id=(target.get("SqsParameters") or {}).get("MessageGroupId"),
        )
        self._deliveries.deliver(delivery)


def _due(schedule: Any, since: datetime, until: datetime) -> Iterable[datetime]:
    """When a schedule was due after `since` and up to `until`."""
    begin, end = _moment(schedule.start_date), _moment(schedule.end_date)
    anchor = begin or _moment(schedule.creation_date) or since
    after = max(since, begin - timedelta(microseconds=1)) if begin else since
    last = min(until, end) if end else until
    try:
        zone = schedule.schedule_expression_timezone or "UTC"
        times = due_after(schedule.schedule_expression, zone, after, anchor)
        return takewhile(lambda moment: moment <= last, times)
    except BadExpression as error:
        log.warning("schedule %s: %s", schedule.name, error)
        return []


def _moment(value: Any) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(float(value), UTC)


def _filled(text: str, arn: str, moment: str, execution_id: str) -> str:
    """The input with Scheduler's own words in it (user guide, "Adding context attributes")."""
    words = {
        "<aws.scheduler.schedule-arn>": arn,
        "<aws.scheduler.scheduled-time>": moment,
        "<aws.scheduler.execution-id>": execution_id,
        "<aws.scheduler.attempt-number>": "1",
    }
    for word, value in words.items():
        text = text.replace(word, value)
    return text
