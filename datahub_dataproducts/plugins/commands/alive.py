"""`alive`: whether the action on this machine does its work, for the health check of a container."""

import json
import sys
from http.client import HTTPConnection, HTTPException

import click

from datahub_dataproducts.adapters.console.words import counted

_OK = 200
_PATIENCE = 5


@click.command("alive")
@click.option(
    "--port",
    envvar="HEALTH_PORT",
    type=click.IntRange(1, 65535),
    required=True,
    show_envvar=True,
    help="`health.port` of the action's recipe.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where it listens.")
@click.option(
    "--ready",
    is_flag=True,
    help="Ask whether it works or stands by, and not only whether it lives.",
)
def alive_command(port: int, host: str, ready: bool) -> None:  # noqa: FBT001 - click's
    """Ask the action whether it does its work.

    For containers, which may bring no program that asks over HTTP. Kubernetes asks by itself:
    /healthz and /readyz.

    Exit code 0: it does; 1: it does not, or nobody answers.
    """
    try:
        connection = HTTPConnection(host, port, timeout=_PATIENCE)
        try:
            connection.request("GET", "/readyz" if ready else "/healthz")
            answer = connection.getresponse()
            content = answer.read().decode("utf-8", errors="replace")
        finally:
            connection.close()
    except (OSError, HTTPException) as problem:
        click.echo(f"nobody answers on {host}, port {port} ({_reason(problem)})", err=True)
        sys.exit(1)
    click.echo(_told(content))
    sys.exit(0 if answer.status == _OK else 1)


def _reason(problem: OSError | HTTPException) -> str:
    return (isinstance(problem, OSError) and problem.strerror) or str(problem)


def _told(content: str) -> str:
    try:
        state = json.loads(content)
        word = "alive" if state["alive"] else "not alive"
        return (
            f"{state['state']}, {word}: last looked {state['seconds_since_last_look']} s ago, "
            f"{counted(state['products'], 'product')}"
        )
    except (ValueError, LookupError, TypeError):
        return "what answers there is not the action"
