"""Workers are forked where that makes no difference to a function; else started anew."""

import json
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from local.lambda_runtime.forks import Forked
from tests.builders.lambda_pool import FUNCTION, pool_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")

SOURCE = """
import os, random, sys
import boto3
SECRET = os.environ.get("SECRET")
if SECRET:
    import colorsys
def handler(event, context):
    return {
        "forked": sys.orig_argv[3].endswith("fork_server.py"),
        "parent": os.getppid(), "chance": random.random(), "secret": SECRET,
        "others": "colorsys" in sys.modules, "boto3": getattr(boto3, "WHOSE", "the layer's"),
        "colorsys": os.path.dirname(sys.modules["colorsys"].__file__) if SECRET else None,
        "hash": hash("a"), "home": os.getcwd(), "zone": __import__("time").tzname[0],
    }
"""


@pytest.fixture
def ask(tmp_path):
    """Ask a function of that name and environment who it is."""
    (tmp_path / "forked.py").write_text(SOURCE)
    made = {}
    pool = pool_of(tmp_path, lambda name: made[name])

    def answer(name, **environment):
        variables = tuple(environment.items())
        made[name] = replace(
            FUNCTION,
            name=name,
            arn=f"{FUNCTION.arn}-{name}",
            handler="forked.handler",
            environment=variables,
        )
        found = pool.invoke(name, b"{}")
        assert found.function_error is None, found.payload
        return json.loads(found.payload)

    yield answer
    pool.stop()


def test_workers_of_all_functions_are_forks_of_one_process_and_nothing_of_one_is_in_another(
    ask, tmp_path
):
    first, second = ask("a", SECRET="of a"), ask("b")
    assert first["forked"]
    assert second["forked"]
    assert first["parent"] == second["parent"]
    assert (first["secret"], second["secret"]) == ("of a", None)
    assert (first["others"], second["others"]) == (True, False)
    assert first["chance"] != second["chance"]
    assert (second["home"], second["zone"]) == (str(tmp_path), "UTC")


def test_a_package_that_the_function_brings_itself_is_the_one_that_it_gets(ask, tmp_path):
    (tmp_path / "boto3.py").write_text("WHOSE = 'its own'\n")
    found = ask("a")
    assert (found["forked"], found["boto3"]) == (False, "its own")


def test_a_folder_that_a_variable_adds_to_the_path_is_looked_in(ask, tmp_path):
    beside = tmp_path / "beside"
    beside.mkdir()
    found = ask("a", PYTHONPATH=str(beside))
    assert (found["forked"], found["boto3"]) == (True, "the layer's")
    (beside / "boto3.py").write_text("WHOSE = 'beside'\n")
    found = ask("b", PYTHONPATH=str(beside))
    assert (found["forked"], found["boto3"]) == (False, "beside")
    (beside / "boto3.py").rename(beside / "colorsys.py")
    assert ask("c", PYTHONPATH=str(beside), SECRET="read")["colorsys"] == str(beside)


def test_a_variable_that_an_interpreter_heeds_at_its_start_is_heeded(ask):
    found = ask("a", PYTHONHASHSEED="7")
    assert not found["forked"]
    assert found["hash"] == ask("b", PYTHONHASHSEED="7")["hash"]


def test_a_fork_server_that_was_killed_is_followed_by_another(ask):
    lost = ask("a")["parent"]
    os.kill(lost, signal.SIGKILL)
    assert not ask("b")["forked"]  # which finds that it is gone
    found = ask("c")
    assert found["forked"]
    assert found["parent"] not in {lost, os.getpid()}


class OneAnswer:
    """A fork server that tells how a worker ended once, as the system does."""

    def __init__(self):
        self.asked = threading.Event()
        self.answers = [-9]

    def status_of(self, _):
        self.asked.set()
        time.sleep(0.1)
        return self.answers.pop()


def test_two_threads_that_wait_for_one_worker_are_told_the_same():
    server = OneAnswer()
    worker = Forked(server, 1)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(worker.wait)
        server.asked.wait()
        second = pool.submit(worker.wait)
        assert (first.result(), second.result()) == (-9, -9)
