"""The option of the commands that read the recipe of the action."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from datahub_dataproducts.plugins.action_config import HealthActionConfig

_F = TypeVar("_F", bound=Callable[..., object])


def recipe_option(command: _F) -> _F:
    """`--recipe`: the recipe of the action."""
    return click.option(
        "--recipe",
        "recipe_path",
        required=True,
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help="The recipe of the action; its variables are to be set.",
    )(command)


def recipe_store_option(command: _F) -> _F:
    """`--store`: the store of the action where it is not that of the recipe."""
    return click.option(
        "--store", "store_url", help="The store of the action; default: that of the recipe."
    )(command)


def config_of(path: Path) -> "HealthActionConfig":
    """What a recipe says of the action.

    Raises:
        click.UsageError: it is no recipe of ours, a variable is not set, or something in it is wrong.
    """
    # Only here: what DataHub brings takes its time to load.
    from datahub.configuration.common import ConfigurationError  # noqa: PLC0415

    from datahub_dataproducts.plugins.action_wiring import action_config  # noqa: PLC0415
    from datahub_dataproducts.plugins.recipe import (  # noqa: PLC0415
        WrongRecipe,
        part_of,
        read_action_recipe,
    )

    try:
        recipe = read_action_recipe(path)
        return action_config(part_of(recipe["action"], "config", path))
    except (WrongRecipe, ConfigurationError) as fault:
        raise click.UsageError(str(fault)) from None
