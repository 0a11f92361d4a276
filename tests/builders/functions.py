"""Faults of a state's Lambda function, while a block runs."""

import contextlib
import json


def function_of(clients, machine, state):
    """The name of the function that a state of a deployed machine invokes."""
    found = clients.states.describe_state_machine(stateMachineArn=machine)["definition"]
    return json.loads(found)["States"][state]["Arguments"]["FunctionName"]


@contextlib.contextmanager
def without_capacity(deployment, state):
    """The function of a state of process_file takes no call: it is tried again and again."""
    functions = deployment.clients.functions
    name = function_of(deployment.clients, deployment.process_file, state)
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        yield
    finally:
        functions.delete_function_concurrency(FunctionName=name)


@contextlib.contextmanager
def broken(deployment, state):
    """The function of a state of process_file has a handler that does not exist."""
    functions = deployment.clients.functions
    name = function_of(deployment.clients, deployment.process_file, state)
    handler = functions.get_function_configuration(FunctionName=name)["Handler"]
    functions.update_function_configuration(FunctionName=name, Handler="functions.gone.handler")
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Handler=handler)
