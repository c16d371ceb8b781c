"""Which options a config has at a place, for who wrote one that there is not."""

from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from datahub_dataproducts.plugins.recipe_values import SECRET_FILE, WithSecrets, secrets_of


def options_at(model: type[BaseModel], path: Sequence[int | str]) -> list[str]:
    """The options at a place of a config of the kind `model`, as recipes have them, in order.

    `path` is what pydantic calls the place: where there are several kinds of something it names the
    one that was written.
    """
    here: list[Any] = [model]
    for part in path:
        if is_choice(part):
            continue
        here = [inner for kind in here for inner in _within(kind, part)]
    found = (name for kind in here for made in _models(kind) for name in _options_of(made))
    return list(dict.fromkeys(found))


def is_choice(part: int | str) -> bool:
    """True for what pydantic puts into a path where there are several ways to write something."""
    return isinstance(part, str) and "[" in part


def _options_of(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield _written(name, field)
    if issubclass(model, WithSecrets):
        yield from (f"{name}{SECRET_FILE}" for name in secrets_of(model))


def _within(kind: Any, part: int | str) -> Iterator[Any]:
    """The kinds of what a part of a path leads to."""
    for made in _models(kind):
        fields = {_written(name, field): field for name, field in made.model_fields.items()}
        if part in fields:
            yield fields[str(part)].annotation
        elif part == made.__name__ or part in _types_of(made):
            yield made
    for whole in _kinds(kind):
        if get_origin(whole) in (dict, list):
            yield get_args(whole)[-1]


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    return (one for one in _kinds(kind) if isinstance(one, type) and issubclass(one, BaseModel))


def _kinds(kind: Any) -> Iterator[Any]:
    """All kinds that something may be of."""
    if get_origin(kind) is Annotated:
        yield from _kinds(get_args(kind)[0])
    elif get_origin(kind) in (Union, UnionType):
        for one in get_args(kind):
            yield from _kinds(one)
    else:
        yield kind


def _types_of(model: type[BaseModel]) -> tuple[object, ...]:
    """By what `type` it is told from others."""
    field = model.model_fields.get("type")
    is_told = field is not None and get_origin(field.annotation) is Literal
    return get_args(field.annotation) if field is not None and is_told else ()


def _written(name: str, field: FieldInfo) -> str:
    return field.alias or name
