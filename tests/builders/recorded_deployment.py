"""A deployment that is not there: its clients answer nothing, and remember what they were asked."""

from functools import partial

from ops.pipeline.deployment import Clients, Deployment

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:pf"
EXECUTION = MACHINE.replace("stateMachine", "execution") + ":one"
DEFINITION = '{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}'


class Recorded:
    """A client of any AWS service that answers nothing and remembers what it was asked."""

    def __init__(self, asked):
        self.asked = asked

    def __getattr__(self, name):
        return partial(self.ask, name)

    def ask(self, name, *args, **given):
        self.asked.append(name)
        if name == "upload_fileobj":
            args[0].read()
        if name == "get_paginator":
            return self
        return [] if name == "paginate" else {"executions": [], "definition": DEFINITION}


def recorded(asked):
    """The deployment; `asked` gets the name of every request."""
    return Deployment(
        name="shop-dev",
        region="us-east-1",
        raw_bucket="raw",
        reports_bucket="reports",
        queue_url="queue",
        process_file=MACHINE,
        daily_report=MACHINE + "2",
        schedule="midnight",
        clients=Clients(lambda service: Recorded(asked)),
    )
