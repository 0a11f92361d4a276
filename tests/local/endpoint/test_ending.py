"""What is asked of an endpoint that is ending is refused, and nobody is shown a traceback."""

import io
import logging
from types import SimpleNamespace

import pytest

from local.credentials import Callers
from local.endpoint.request_counts import RequestCounts
from local.endpoint.router import Application
from local.endpoint.server import Endpoint
from local.http.messages import Answer
from local.kept.database import FolderClosedError
from local.stepfunctions import StoppedError


def signed_for(service):
    signature = f"AWS4-HMAC-SHA256 Credential=me/20261128/us-east-1/{service}/aws4_request"
    return {
        "HTTP_AUTHORIZATION": signature,
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "RAW_URI": "/",
        "REQUEST_METHOD": "POST",
        "wsgi.input": io.BytesIO(b"{}"),
    }


def fails_with(error):
    def fail(*_):
        raise error

    return fail


@pytest.fixture
def endpoint():
    """An endpoint of one service, which answers as it is told to."""

    def of(answer, settle):
        services = {"states": SimpleNamespace(answer=answer)}
        application = Application(
            None, services, Callers(), None, None, control=None, requests=RequestCounts()
        )
        kept = SimpleNamespace(database=SimpleNamespace(settle=settle))
        return SimpleNamespace(application=application, kept=kept)

    return of


@pytest.mark.parametrize("error", [StoppedError(), FolderClosedError()], ids=["stopped", "closed"])
def test_a_request_that_comes_while_the_endpoint_ends_is_told_so(endpoint, error, caplog):
    with caplog.at_level(logging.DEBUG):
        ending = endpoint(fails_with(error), lambda: None)
        answer = Endpoint.answer(ending, signed_for("states"))
    assert (answer.status, b"ServiceUnavailable" in answer.body) == (503, True)
    assert caplog.records == []


def test_what_was_done_and_is_not_kept_any_more_is_not_acknowledged(endpoint):
    def done(_):
        return Answer(200, [], b"{}")

    assert Endpoint.answer(endpoint(done, lambda: None), signed_for("states")).status == 200
    ending = endpoint(done, fails_with(FolderClosedError()))
    assert Endpoint.answer(ending, signed_for("states")).status == 503
