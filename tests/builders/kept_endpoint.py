"""An endpoint over one folder, in a process that is killed and started again."""

import json
import signal
import subprocess
import sys

from local.deploy.session import READY
from ops.local_run.job import deployment_at
from tests.builders.clients import ONCE, client_of

SECONDS = 60


class KeptEndpoint:
    """One folder, and the process that serves it at the moment; without one nothing is kept."""

    def __init__(self, folder, port=0):
        self.folder = folder
        self.port = port
        self.process = None
        self.url = None
        self.outputs = None

    def start(self):
        data = () if self.folder is None else ("--data", str(self.folder))
        command = (sys.executable, "-m", "local.endpoint", "--exit-with-parent")
        self.process = subprocess.Popen(
            (*command, "--port", str(self.port), *data),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        assert line.startswith(READY), line
        self.url = line.removeprefix(READY).strip()
        return self

    def end(self, number=signal.SIGKILL):
        """End the process, as a kill does or by a signal that it can take."""
        self.process.send_signal(number)
        code = self.process.wait(SECONDS)
        for stream in (self.process.stdin, self.process.stdout):
            stream.close()
        return code

    def client(self, service):
        """A client that tries once."""
        return client_of(self.url, service, **ONCE)

    @property
    def deployment(self):
        """The pipeline that was deployed here."""
        return deployment_at(self.url, self.outputs)

    def executions(self):
        """Status and input of every execution of process_file."""
        states = self.deployment.clients.states
        pages = states.get_paginator("list_executions")
        return [
            (item["status"], json.loads(states.describe_execution(executionArn=arn)["input"]))
            for page in pages.paginate(stateMachineArn=self.deployment.process_file)
            for item in page["executions"]
            for arn in [item["executionArn"]]
        ]
