"""A pool of functions' processes without an endpoint: their code lies in one folder."""

from types import SimpleNamespace

from local.lambda_runtime.functions import Function
from local.lambda_runtime.pool import Pool

FUNCTION = Function(
    name="slow",
    arn="arn:aws:lambda:us-east-1:111111111111:function:slow",
    handler="code.handler",
    role_arn="role",
    memory_mb=256,
    timeout=60.0,
    environment=(),
    code_digest="d",
    reserved_concurrency=None,
    log_group="/aws/lambda/slow",
)


def pool_of(folder, find):
    """A pool that finds its functions by that, whose code is all in that folder."""
    functions = SimpleNamespace(find=find, code_folder=lambda _: folder, remove=lambda: None)
    callers = SimpleNamespace(of_role=lambda _: SimpleNamespace(access_key="a", secret_key="s"))
    return Pool(functions, callers, SimpleNamespace(of_role=lambda *_: lambda _: None))
