"""Command line `datahub-dataproducts`: which commands there are, each loaded when it is used."""

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import TextIO, cast

import click
from typing_extensions import override

# What the list of commands says of each: loading them all to ask would take longer than most of
# them run.
_COMMANDS = {
    "init": "Propose product files from what a dbt project has.",
    "validate": "Check product files: everything wrong, with the place and the remedy.",
    "plan": "Show what an ingest would create, change and remove in the catalog.",
    "owners": "Show who answers for what, and what nobody answers for.",
    "convert": "Convert from and to open standards: ODPS, ODCS, OpenSLO.",
    "schema": "Print the JSON Schema of product files, for editors.",
    "problem": "Explain a problem by its code, with an example.",
    "replay": "Show what products would have been: health and announcements from past events.",
    "status": "Show the health of every product: since when and because of what.",
    "explain": "Explain why a product is healthy or not, promise by promise.",
    "check": "Check that products are healthy, so that a pipeline goes on only if they are.",
    "uptime": "Show the uptime of products over a window, by month, week or day.",
    "routes": "Show which channel is told of which product, by which route and on which terms.",
    "silence": "Have nothing told of some products for a while: add, list, end.",
    "acknowledge": "Say that somebody takes care of what is open of a product.",
    "digest": "Show or send what a channel is told of a day.",
    "alive": "Ask the action whether it does its work, as a container's health check does.",
    "store": "Check, export, migrate and clear the store that the action keeps.",
}


class _Commands(click.Group):
    """Loads a command's module when it is asked for."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which people come to need them."""
        return list(_COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, None where there is none."""
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"datahub_dataproducts.plugins.commands.{cmd_name}")
        return cast(click.Command, getattr(module, f"{cmd_name}_command"))

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with `init` in the folder of a dbt project, then `validate`.",
)
@click.version_option(package_name="datahub-dataproducts")
def main() -> None:
    """Reliability for data products on DataHub.

    Products, their owners and promises are YAML beside dbt models. These commands help to write
    and check them; `datahub ingest` publishes them, and `datahub actions` watches them.
    """
    for stream in (sys.stdout, sys.stderr):
        _let_it_take_any_text(stream)


def _let_it_take_any_text(stream: TextIO) -> None:
    """A letter that the machine's encoding lacks must not end a command.

    Files and pipes get UTF-8, as YAML and JSON want it, unless another encoding is asked for.
    """
    if isinstance(stream, TextIOWrapper):
        if not stream.isatty() and not os.environ.get("PYTHONIOENCODING"):
            stream.reconfigure(encoding="utf-8")
        stream.reconfigure(errors="replace")
