"""The console that `tally local up` brings along."""

import os
import signal
import socket
import subprocess
import sys
import time

import psutil

from local.deploy import deploy
from local.exports import exports
from ops.console.companion import running_console
from tests.builders.console_pages import PRINTED, browser_at
from tests.builders.processes import free_port, pointed_at, started


def console_of_endpoint(assembly, process):
    """The address of the console that appears once the pipeline is deployed."""
    url = process.stdout.readline().removeprefix("listening on ").strip()
    for line in exports(url):
        assert process.stdout.readline().strip() == line
    deploy(assembly, url)
    return PRINTED.search(process.stdout.readline())[1]


def test_the_console_of_the_endpoint_appears_once_something_is_deployed(assembly):
    with started("local", "up", "--ephemeral", "--port", str(free_port())) as process:
        address = console_of_endpoint(assembly, process)
        browser_at(address)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        gone, alive = psutil.wait_procs(children, 10)
        assert (len(gone), alive) == (len(children), [])


def test_the_console_of_the_endpoint_is_elsewhere_where_its_port_is_taken(deployment):
    settings = os.environ | pointed_at(deployment.clients.states.meta.endpoint_url)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "ops.console", str(port), "event-driven-pipeline", "dev"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, text=True, env=settings, **pipes) as process:
            address = PRINTED.search(process.stdout.readline())[1]
            assert f":{port}/" not in address
            browser_at(address)
            process.stdin.close()
            assert process.wait(20) == 0
            assert f"port {port} cannot be had" in process.stderr.read()


def test_the_console_of_the_endpoint_ends_with_its_endpoint(deployment):
    before = set(psutil.Process().children())
    with running_console(free_port(), "none", "dev"):
        (child,) = set(psutil.Process().children()) - before
        time.sleep(0.5)
    assert not child.is_running()
