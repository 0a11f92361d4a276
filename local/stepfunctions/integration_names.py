"""Which service and action of the SDK a task's resource names.

Resources have Java's names for services, as in `aws-sdk:eventbridge:putEvents`: the service's own
id in small letters (Step Functions guide, "Supported AWS SDK service integrations"). botocore
carries the model of each service, and calls some otherwise.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from local import sdk_models

if TYPE_CHECKING:
    from botocore.model import ServiceModel

OTHERWISE = {
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "elasticloadbalancingv2": "elbv2",
    "eventbridge": "events",
    "sfn": "stepfunctions",
}


def client_name(service: str, *, optimized: bool) -> str:
    """What the SDK for Python calls the service of a resource."""
    if optimized:
        return {"states": "stepfunctions"}.get(service, service)
    return OTHERWISE.get(service) or _by_letters().get(service, service)


@functools.cache
def is_known(service: str, action: str) -> bool:
    """Whether the SDK has that action ("putEvents") of that service ("eventbridge")."""
    model = model_of(client_name(service, optimized=False))
    if model is None or str(model.service_id).replace(" ", "").lower() != service:
        return False
    return f"{action[:1].upper()}{action[1:]}" in model.operation_names


@functools.cache
def model_of(name: str) -> ServiceModel | None:
    """The model of a service in botocore, by what the SDK for Python calls it."""
    session = sdk_models.session()
    return session.get_service_model(name) if name in session.get_available_services() else None


@functools.cache
def _by_letters() -> dict[str, str]:
    available = sdk_models.session().get_available_services()
    return {name.replace("-", ""): name for name in available}
