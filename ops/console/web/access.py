"""Who may use the console: whoever has the address that it printed, secret included.

Any user of this machine can connect to a loopback port. The printed address carries a secret that
is new at each start; the browser that opens it gets a cookie, and the address is left at once, so
that the secret stays out of histories and referrers (as Jupyter Server does: "Security in the
Jupyter Server"). The cookie is HttpOnly and SameSite=Strict, has no Domain, so that no other host
gets it, and ends with the browser. Its name has the port, since cookies are shared by all
ports of a host (RFC 6265, 8.5), and one console must not end another's session.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse, Response

from ops.console.web.refused import RefusedError

if TYPE_CHECKING:
    from starlette.requests import Request

SECRET_FIELD: Final = "token"  # noqa: S105 - the field's name in the printed address
REFUSAL: Final = "open the address that the console printed when it started, with its ?token="


def address_of(origin: str, secret: str) -> str:
    """The address that opens the console at an origin such as http://127.0.0.1:4570."""
    return f"{origin}/?{SECRET_FIELD}={secret}"


def cookie_name(port: int) -> str:
    """The name of the cookie of the console at a port."""
    return f"tally-console-{port}"


class Access:
    """Lets in who has the secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def check(self, request: Request) -> Response | None:
        """None if the request has the cookie; else the answer that sets it.

        Raises:
            RefusedError: it has neither the cookie nor the secret.
        """
        name = cookie_name(request.scope["server"][1])
        if self._is_secret(request.cookies.get(name, "")):
            return None
        if request.method == "GET" and self._is_secret(request.query_params.get(SECRET_FIELD, "")):
            return self._let_in(request, name)
        raise RefusedError(403, REFUSAL)

    def _is_secret(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._secret.encode())

    def _let_in(self, request: Request, name: str) -> Response:
        """Set the cookie, and lead to the same page without the secret."""
        page = request.url.remove_query_params(SECRET_FIELD)
        path = "/" + page.path.lstrip("/")  # for two at its beginning a browser takes a host's name
        answer = RedirectResponse(f"{path}?{page.query}" if page.query else path, 303)
        answer.set_cookie(name, self._secret, httponly=True, samesite="strict")
        return answer
