"""Replay: new executions for the object versions that are current now, whatever became before."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.pipeline import dead_letters
from ops.pipeline.errors import code_of
from ops.pipeline.executions import SUCCEEDED, Details
from ops.pipeline.redrive import HOLD_SECONDS
from ops.pipeline.uploads import UNVERSIONED, Upload, event_time, replay_event
from ops.pipeline.waiting import RATE, TIMEOUT_SECONDS, Pacer, together, until_ended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ops.pipeline.dead_letters import Letter
    from ops.pipeline.deployment import Deployment


@dataclass
class Replayed:
    """What became of a replay. `missing` are keys that the raw bucket no longer has."""

    ended: list[Details] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def with_status(self, status: str) -> list[Details]:
        """Those whose record says `processed` or `rejected`; `failed` for those without one."""
        return [each for each in self.ended if became(each) == status]

    @property
    def dates(self) -> list[str]:
        """The days whose reports are to be written again, oldest first."""
        uploads = (each.upload for each in self.ended if each.status == SUCCEEDED)
        return sorted({upload.date for upload in uploads if upload is not None})

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "replayed": [
                {
                    "key": each.upload.key if each.upload else None,
                    "execution": each.arn,
                    "became": became(each),
                    "error": each.result.get("error") or each.error,
                }
                for each in self.ended
            ],
            "unfinished": self.unfinished,
            "missing": self.missing,
            "days": self.dates,
        }


def became(details: Details) -> str:
    """What an ended execution made of its file: processed, rejected, or failed."""
    return str(details.result.get("status", "failed")) if details.status == SUCCEEDED else "failed"


def current(deployment: Deployment, key: str) -> Upload | None:
    """The current version of a raw object; None if there is none."""
    try:
        found = deployment.clients.s3.head_object(Bucket=deployment.raw_bucket, Key=key)
    except ClientError as error:
        if code_of(error) in {"404", "NoSuchKey", "405", "MethodNotAllowed"}:
            return None
        raise
    return Upload(
        bucket=deployment.raw_bucket,
        key=key,
        version_id=found.get("VersionId", UNVERSIONED),
        time=event_time(found["LastModified"]),
        size=found["ContentLength"],
        etag=found["ETag"].strip('"'),
    )


def replay(
    deployment: Deployment,
    keys: Iterable[str] = (),
    *,
    rejected: bool = False,
    rate: float = RATE,
    timeout: float = TIMEOUT_SECONDS,
    told: Callable[[Details], None] = lambda _: None,
) -> Replayed:
    """Start an execution for each key, and with `rejected` for each that the queue says was.

    The queue's messages about a key leave it once the new execution succeeded: if it rejected the
    file again, it has sent a message of its own.
    """
    held = dead_letters.letters(deployment, HOLD_SECONDS)
    gone: set[str] = set()
    try:
        wanted = dict.fromkeys(keys)
        if rejected:
            wanted |= dict.fromkeys(each.key for each in held if each.key and _never_done(each))
        done, started = _start_all(deployment, wanted, rate)
        following = dict.fromkeys(started, 0)
        for ended in until_ended(deployment, following, timeout):
            told(ended)
            done.ended.append(ended)
            settled = [each for each in held if each.key == started[ended.arn].key]
            if ended.status == SUCCEEDED:
                dead_letters.delete(deployment, settled)
                gone |= {each.id for each in settled}
        done.unfinished = sorted(set(started) - {each.arn for each in done.ended})
    finally:
        dead_letters.release(deployment, [each for each in held if each.id not in gone])
    return done


def _never_done(letter: Letter) -> bool:
    return letter.kind in {"rejected", "undelivered"}


def _start_all(
    deployment: Deployment, keys: Iterable[str], rate: float
) -> tuple[Replayed, dict[str, Upload]]:
    pacer = Pacer(rate)

    def one(key: str) -> tuple[str, Upload | None, str]:
        upload = current(deployment, key)
        return key, upload, start(deployment, upload, pacer) if upload else ""

    answers = together(one, keys)
    done = Replayed(missing=[key for key, upload, _ in answers if upload is None])
    return done, {arn: upload for _, upload, arn in answers if upload is not None}


def start(deployment: Deployment, upload: Upload, pacer: Pacer | None = None) -> str:
    """Start one execution for an object version, counted before or not; its ARN."""
    if pacer is not None:
        pacer.wait()
    return deployment.clients.states.start_execution(
        stateMachineArn=deployment.process_file,
        input=json.dumps(replay_event(upload, deployment)),
    )["executionArn"]
