"""The endpoint put together, and served on loopback."""

from __future__ import annotations

import gc
import logging
import sys
import threading
from typing import TYPE_CHECKING, Any

from local.cloudformation.install import install as install_cloudformation
from local.credentials import ROOT, Callers
from local.endpoint.control import Control
from local.endpoint.kept_world import KeptWorld
from local.endpoint.request_counts import RequestCounts
from local.endpoint.retention import Retention
from local.endpoint.router import Application, stopped
from local.events.bus import Bus
from local.events.delivery import Deliveries
from local.events.kept_clock import KeptClock
from local.events.s3_notifications import S3Events
from local.events.scheduler import Scheduler
from local.http.cross_site import refuse_cross_site
from local.http.in_process import InProcess
from local.http.server import HttpServer
from local.iam.authorizer import Authorizer
from local.iam.request_actions import RequestAuthorizer
from local.integrations.dispatch import LocalWorld
from local.kept.database import FolderClosedError
from local.lambda_runtime.environment import RUNTIME_OFF, intervals
from local.lambda_runtime.functions import Functions
from local.lambda_runtime.http_api import ROLE, InvokeService
from local.lambda_runtime.pool import Pool
from local.lambda_runtime.role_logs import RoleLogs
from local.logs import CloudWatchLogs
from local.moto_backends import ACCOUNT_ID
from local.moto_patches import events as moto_events
from local.moto_patches import sdk_models as moto_sdk_models
from local.moto_patches.apps import Moto
from local.s3.reads import is_object_read
from local.stepfunctions import ApiError, StepFunctions
from local.stepfunctions.http_api import StatesService

if TYPE_CHECKING:
    from local.http.messages import Answer, Environ
    from local.kept.folder import Folder


class Endpoint:
    """One account in one region: moto, and Tally's own services over it."""

    def __init__(self, region: str = "us-east-1", folder: Folder | None = None) -> None:
        moto_sdk_models.install()
        self.kept = kept = None if folder is None else KeptWorld(folder, ACCOUNT_ID, region)
        callers = Callers()
        authorizer = Authorizer(ACCOUNT_ID)
        self.clients = InProcess(region)
        logs = CloudWatchLogs(ACCOUNT_ID, region)
        functions = Functions(ACCOUNT_ID, region)
        self.pool = Pool(functions, callers, RoleLogs(logs, authorizer, region, ACCOUNT_ID))
        self.deliveries = Deliveries(
            self._client_of_role(callers),
            self._starter(authorizer),
            lambda queue, rule: authorizer.check_queue(queue, "events.amazonaws.com", rule),
            None if kept is None else kept.outbox,
        )
        self.bus = Bus(ACCOUNT_ID, region, self.deliveries)
        clock = None if kept is None else KeptClock(kept.database)
        self.retention = Retention(
            ACCOUNT_ID, region, lambda: self.clients.client("s3", ROOT), kept
        )
        self.scheduler = Scheduler(
            ACCOUNT_ID, region, self.deliveries, clock, self.retention.carry_out
        )
        if absences := self.scheduler.absences():
            self.pool.told[RUNTIME_OFF] = intervals(absences)
        self.world = LocalWorld(self.pool, self.clients, callers, self.bus, authorizer)
        executions = None if kept is None else kept.executions
        self.states = StepFunctions(
            self.world, region, ACCOUNT_ID, logs.write, executions, has_log_group=logs.has_group
        )
        self.world.follow(self.states)
        s3_events = S3Events(self.bus)
        requests = RequestCounts()
        self.application = Application(
            Moto(ACCOUNT_ID),
            {"states": StatesService(self.states), "lambda": InvokeService(self.pool)},
            callers,
            RequestAuthorizer(authorizer, ACCOUNT_ID, region),
            s3_events,
            control=Control(self.scheduler, authorizer, requests),
            requests=requests,
            kept=kept,
        )
        self.clients.answer = self.application.answer
        install_cloudformation(lambda service: self.clients.client(service, ROOT))
        moto_events.install(self.bus.put, s3_events.object_changed)
        if kept is not None:
            kept.load()

    def go_on(self) -> None:
        """Begin, with what was under way and what is owed since the process before this one."""
        self.states.go_on()
        self.deliveries.deliver_owed()
        self.scheduler.start()

    def answer(self, environ: Environ) -> Answer:
        """Answer a client, once all is committed that the answer may tell of.

        What a function reads waits for nothing: whatever it does next is committed after that.
        """
        answer = self.application.answer(environ)
        read = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        if self.kept is not None and not (read and ROLE in environ):
            try:
                self.kept.database.settle()
            except FolderClosedError:  # nobody may take for kept what is not
                return stopped(environ)
        return answer

    def _starter(self, authorizer: Authorizer) -> Any:
        """How the bus starts executions: checked as a request is, and without the request."""

        def start(machine: str, role: str | None, text: str, name: str | None = None) -> None:
            authorizer.check(role or "", "states:StartExecution", machine, {})
            given = {"stateMachineArn": machine, "input": text, "name": name}
            try:
                self.states.call("StartExecution", given)
            except ApiError as error:
                if name is None or error.code != "ExecutionAlreadyExists":
                    raise  # else it was started, and the process killed before that was noted

        return start

    def _client_of_role(self, callers: Callers) -> Any:
        """Clients that sign as a role, or as AWS itself where a target has none."""
        return lambda service, role: self.clients.client(
            service, callers.of_role(role) if role else ROOT
        )

    def stop(self) -> None:
        """End everything that runs."""
        self.scheduler.stop()
        self.deliveries.stop()
        if self.kept is not None:
            self.states.close()
            self.kept.close()
        self.states.stop()
        self.world.stop()
        self.pool.stop()


class Server:
    """An endpoint on a port of this machine's loopback interface."""

    def __init__(self, port: int, folder: Folder | None = None) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = HttpServer(port)
        self.url = self._server.url
        gc.disable()  # nothing that is read from a folder is garbage, either; `run` enables it
        self.endpoint = Endpoint(folder=folder)
        self.endpoint.pool.endpoint_url = self.url

    def run(self) -> None:
        """Serve until `stop`."""
        gc.freeze()
        gc.enable()
        gc.set_threshold(20000, 20, 20)
        self.endpoint.go_on()
        self._server.run(refuse_cross_site(self.endpoint.answer, is_object_read))

    def stop(self) -> None:
        """Serve no more; for any thread and for signal handlers."""
        self._server.stop()

    def close(self) -> None:
        """End every child process and let go of everything, once `run` returned."""
        self.endpoint.stop()


def follow_parent(server: Server) -> None:
    """Stop when standard input ends: the process that started this one is gone then."""

    def wait() -> None:
        sys.stdin.read()
        server.stop()

    threading.Thread(target=wait, daemon=True).start()
