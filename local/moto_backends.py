"""moto's data of one account and region, without moto's lock.

moto looks through all services under one lock each time it is asked for a service's backend. The
threads of a hundred connections ask for two with each request.
"""

from __future__ import annotations

from typing import Any


def backend_of(service: Any, account_id: str, region: str) -> Any:
    """The backend; made by moto where there is none yet."""
    account = dict.get(service, account_id)
    if account is None:
        account = service[account_id]
    return account[region]
