"""`tally console`: the operator's web page."""

from __future__ import annotations

import typer

from ops.cli.options import Port, connect
from ops.console.server import PORT, serve

app = typer.Typer(add_completion=False)


@app.command()
def console(context: typer.Context, port: Port = PORT) -> None:
    """Serve the operator's web page on loopback until Ctrl-C.

    Exit codes: 0 ended by Ctrl-C; 2 bad usage or the port is taken; 3 no deployment to look at.
    """
    serve(connect(context), port)
