"""Recipes: reads one as `datahub ingest -c` does, for commands that want to know what it decides."""

import os
from pathlib import Path
from typing import Any

from datahub.configuration.common import ConfigurationError
from datahub.configuration.config_loader import EnvResolver, load_config_file
from expandvars import ExpandvarsException
from pydantic import ValidationError

from datahub_dataproducts.adapters.product_files.faults import YamlError
from datahub_dataproducts.plugins.config import DataProductsSourceConfig
from datahub_dataproducts.plugins.config_faults import faults_of

SOURCE_TYPE = "data-products"
ACTION_TYPE = "data_product_health"


class WrongRecipe(Exception):
    """A recipe that cannot be used; the text says why, in words for people, without secrets."""


def read_recipe(path: Path) -> dict[str, Any]:
    """A recipe as written, its variables not yet replaced.

    Raises:
        WrongRecipe: it is no recipe of the source `data-products`.
    """
    return _recipe_with(path, "source", SOURCE_TYPE)


def read_action_recipe(path: Path) -> dict[str, Any]:
    """A recipe of `datahub actions` as written, its variables not yet replaced.

    Raises:
        WrongRecipe: it is no recipe of the action `data_product_health`.
    """
    return _recipe_with(path, "action", ACTION_TYPE)


def _recipe_with(path: Path, part: str, type_: str) -> dict[str, Any]:
    try:
        recipe: Any = load_config_file(path, allow_remote=False, resolve_env_vars=False)
    except (ConfigurationError, AttributeError, OSError, ValueError, YamlError) as error:
        raise WrongRecipe(f"{path} cannot be read: {_first_line(error)}") from None
    found = recipe.get(part) if isinstance(recipe, dict) else None
    if not isinstance(found, dict) or found.get("type") != type_:
        raise WrongRecipe(f"{path} is no recipe of the {part} {type_}")
    return dict(recipe)


def source_config(recipe: dict[str, Any], path: Path) -> DataProductsSourceConfig:
    """What a recipe says of the source; only its variables need to be set, not those of the sink.

    Raises:
        WrongRecipe: a variable is not set, or an option is wrong.
    """
    config = part_of(recipe["source"], "config", path)
    try:
        return DataProductsSourceConfig.model_validate(config)
    except ValidationError as error:
        raise WrongRecipe(f"{path}: {faults_of(error, config, DataProductsSourceConfig)}") from None


def part_of(within: dict[str, Any], key: str, path: Path) -> dict[str, Any]:
    """A mapping of a recipe with its variables replaced; empty where it is not given.

    Raises:
        WrongRecipe: a variable is not set, or it is no mapping.
    """
    part = within.get(key) or {}
    if not isinstance(part, dict):
        raise WrongRecipe(f"{path}: `{key}` is a mapping")
    try:
        return EnvResolver(os.environ).resolve(part)
    except ExpandvarsException as error:
        unset = _first_line(error).strip("'").replace(": unbound variable", " is not set")
        raise WrongRecipe(f"{path}: the variable {unset}") from None


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        # Without the line itself, which may hold a secret.
        return f"line {mark.line + 1}: {getattr(error, 'problem', None) or 'this is not YAML'}"
    return next(iter(str(error).splitlines()), type(error).__name__)
