"""What only this endpoint has, below /_tally/: the Scheduler's clock, absences, who asked what."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from local.http.messages import Answer, body_of

if TYPE_CHECKING:
    from local.endpoint.request_counts import RequestCounts
    from local.events.scheduler import Fired, Scheduler
    from local.http.messages import Environ
    from local.iam.authorizer import Authorizer

PREFIX = "/_tally/"
CLOCK = f"{PREFIX}clock"
RUN = f"{PREFIX}run"
PERMISSIONS = f"{PREFIX}permissions"
REQUESTS = f"{PREFIX}requests"
ABSENCES = f"{PREFIX}absences"


class Control:
    """GET and POST of clock and permissions, POST of run, GET of requests and absences."""

    def __init__(
        self, scheduler: Scheduler, authorizer: Authorizer, requests: RequestCounts
    ) -> None:
        self._scheduler = scheduler
        self._authorizer = authorizer
        self._requests = requests

    def answer(self, environ: Environ) -> Answer:
        """The answer to a request below /_tally/, in JSON."""
        path, posted = environ["PATH_INFO"], environ["REQUEST_METHOD"] == "POST"
        try:
            given = json.loads(body_of(environ) or b"{}") if posted else {}
            if path in {PERMISSIONS, CLOCK, REQUESTS, ABSENCES}:
                return _json(HTTPStatus.OK, self._state(path, given, posted=posted))
            if path == RUN and posted:
                group = given.get("group", "default")
                return _json(HTTPStatus.OK, self._now([self._scheduler.run(given["name"], group)]))
        except KeyError as error:
            return _json(HTTPStatus.NOT_FOUND, {"error": f"there is no schedule {error}"})
        except (ValueError, TypeError, AttributeError) as error:
            return _json(HTTPStatus.BAD_REQUEST, {"error": str(error)})
        return _json(HTTPStatus.NOT_FOUND, {"error": f"there is no {path}"})

    def _state(self, path: str, given: dict[str, Any], *, posted: bool) -> dict[str, Any]:
        if path == REQUESTS:
            return dict(self._requests.counts())
        if path == ABSENCES:
            return self._absences()
        if path == PERMISSIONS:
            return self._permissions(given)
        return self._clock(given) if posted else self._now([])

    def _clock(self, given: dict[str, Any]) -> dict[str, Any]:
        if "now" not in given:
            raise ValueError('say {"now": "2026-01-31T00:00:00Z"}, or null for the real time')
        moment = None if given["now"] is None else datetime.fromisoformat(given["now"])
        if moment is not None and moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return self._now(self._scheduler.set(moment))

    def _absences(self) -> dict[str, Any]:
        """From when until when nothing ran, which only a world that is kept can tell."""
        found = self._scheduler.absences()
        names = ("since", "until")
        return {
            "absences": [
                {
                    name: moment.isoformat(timespec="seconds")
                    for name, moment in zip(names, each, strict=True)
                }
                for each in found
            ]
        }

    def _permissions(self, given: dict[str, Any]) -> dict[str, Any]:
        """What roles asked for since recording began; `{"record": true}` begins anew."""
        if "record" in given:
            self._authorizer.recorded = {} if given["record"] else None
        names = ("role", "action", "resource", "context", "allowed")
        requests = [
            dict(zip(names, each, strict=True)) for each in list(self._authorizer.recorded or ())
        ]
        return {"asked": requests}

    def _now(self, fired: list[Fired]) -> dict[str, Any]:
        schedules = [{"schedule": each.schedule_arn, "due": each.due.isoformat()} for each in fired]
        return {"now": self._scheduler.now().isoformat(timespec="seconds"), "fired": schedules}


def _json(status: int, document: dict[str, Any]) -> Answer:
    return Answer(status, [("Content-Type", "application/json")], json.dumps(document).encode())
