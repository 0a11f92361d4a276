"""`tally console`, and the console beside `tally local up`."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from local.deploy import deploy
from ops.console.companion import beside

TALLY = Path(sys.executable).parent / "tally"
SECONDS = 60


@contextmanager
def started(*words, **settings):
    with subprocess.Popen(
        [TALLY, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | settings,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def pointed_at(url):
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def test_the_console_says_where_it_is_and_ends_with_ctrl_c(deployment):
    url = deployment.clients.states.meta.endpoint_url
    with started("console", "--port", "0", **pointed_at(url)) as process:
        address = re.search(r"at (http://127\.0\.0\.1:\d+) ", process.stdout.readline())[1]
        assert "event-driven-pipeline-dev" in httpx.get(f"{address}/executions").text
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stderr.read() == ""


def test_a_console_without_a_deployment_says_so_in_one_line(deployment):
    url = deployment.clients.states.meta.endpoint_url
    with started("--project", "other", "console", **pointed_at(url)) as process:
        _, said = process.communicate(timeout=SECONDS)
        assert process.returncode == 3
        assert re.fullmatch(r"tally: no stack other-dev-storage .*\n", said)


def test_a_port_that_is_taken_is_one_line(deployment):
    url = deployment.clients.states.meta.endpoint_url
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with started("console", "--port", port, **pointed_at(url)) as process:
            _, said = process.communicate(timeout=SECONDS)
            assert process.returncode == 2
            assert re.fullmatch(rf"tally: port {port} cannot be had: .*\n", said)


def console_beside(assembly, process):
    """The address of the console that appears once the pipeline is deployed."""
    lines = [process.stdout.readline() for _ in range(5)]
    deploy(assembly, lines[0].removeprefix("listening on ").strip())
    return re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]


def test_the_console_beside_the_endpoint_appears_once_something_is_deployed(assembly):
    with started("local", "up", "--port", str(free_port())) as process:
        address = console_beside(assembly, process)
        assert httpx.get(address).status_code == 200
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        gone, alive = psutil.wait_procs(children, 10)
        assert (len(gone), alive) == (len(children), [])


def test_the_console_beside_is_elsewhere_where_its_port_is_taken(deployment):
    settings = os.environ | pointed_at(deployment.clients.states.meta.endpoint_url)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "ops.console", str(port), "event-driven-pipeline", "dev"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, text=True, env=settings, **pipes) as process:
            address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
            assert not address.endswith(f":{port}")
            assert httpx.get(address).status_code == 200
            process.stdin.close()
            assert process.wait(20) == 0
            assert f"port {port} cannot be had" in process.stderr.read()


def test_the_console_beside_ends_with_its_endpoint(deployment):
    before = set(psutil.Process().children())
    with beside(free_port(), "none", "dev"):
        (child,) = set(psutil.Process().children()) - before
        time.sleep(0.5)
    assert not child.is_running()
