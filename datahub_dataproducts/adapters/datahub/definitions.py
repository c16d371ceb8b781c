"""The definition of a data product as the catalog keeps it: JSON text in a platform resource.

Everything the watcher needs is read back from here, so it never reads the repository. DataHub's
pages do not show platform resources. The text is pure ASCII: GMS stores `bytes` fields through a
JSON form that knows no character above U+00FF.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from datahub_dataproducts.adapters.datahub.event_forms import BAD_JSON
from datahub_dataproducts.domain.name_lengths import fault_in_names
from datahub_dataproducts.domain.products import DataProduct

if TYPE_CHECKING:
    from datahub.metadata.schema_classes import PlatformResourceInfoClass

DEFINITION_TYPE = "data-product-definition"
"""The resource type of our platform resources."""

FORMAT = 1
"""Raised whenever an older reader would misread the text."""

# What versions before them did not know, in products, objectives and schedules.
_NEWER = frozenset({"burn", "corrections", "domain_name", "holidays"})

_Reader = Callable[[Any], Any]

_MADE_OF_TEXT: dict[type, Callable[[str], object]] = {Fraction: Fraction, date: date.fromisoformat}


class DefinitionError(ValueError):
    """A definition that cannot be read: which place and why, without the values in it."""


class _Misfit(Exception):
    """What is wrong with a value; `place` is where within the whole, found on the way out."""

    place = ""


def write_definition(product: DataProduct) -> str:
    """The product as canonical JSON: equal products give equal text, and nothing is left out.

    But for burn rules, holidays, corrections and the name of its domain where there are none: that text is the one that
    versions without them read and wrote.
    """
    plain = msgspec.to_builtins(product, enc_hook=_plain)
    for part in (plain, plain["objective"] or {}, *_schedules(plain)):
        for newer in _NEWER & part.keys():
            if not part[newer]:
                del part[newer]
    return json.dumps({"format": FORMAT, "product": plain}, sort_keys=True, separators=(",", ":"))


def read_definition(text: str | bytes) -> DataProduct:
    """The product that `write_definition` wrote.

    Raises:
        DefinitionError: the text is no definition, or was written by a newer version.
    """
    try:
        document = msgspec.json.decode(text)
    except BAD_JSON:
        raise DefinitionError("the definition is not JSON") from None
    form = document.get("format") if isinstance(document, dict) else None
    if type(form) is not int or form < 1:
        raise DefinitionError("the definition names no format")
    if form > FORMAT:
        raise DefinitionError(
            f"the definition has format {form}, this version reads up to {FORMAT}; "
            "upgrade datahub-dataproducts here"
        )
    try:
        product: DataProduct = _reader_of(DataProduct)(document.get("product"))
    except _Misfit as misfit:
        raise DefinitionError(f"product{misfit.place} {misfit}") from None
    return product


def take_definition(text: str | bytes) -> DataProduct:
    """The same of a catalog: what a store has no room for is refused here, and not when it is kept.

    Raises:
        DefinitionError: as `read_definition`, or a name in it cannot be kept.
    """
    product = read_definition(text)
    if fault := fault_in_names(product):
        raise DefinitionError(fault)
    return product


def definition_aspect(product: DataProduct) -> "PlatformResourceInfoClass":
    """The aspect of the platform resource that keeps the product's definition."""
    # Only here: the store reads definitions too, and loading DataHub's classes would take half of
    # the time of a command that looks at it.
    from datahub.metadata.schema_classes import (  # noqa: PLC0415
        PlatformResourceInfoClass,
        SerializedValueClass,
    )

    from datahub_dataproducts.adapters.datahub.urns import data_product_urn  # noqa: PLC0415

    return PlatformResourceInfoClass(
        resourceType=DEFINITION_TYPE,
        primaryKey=data_product_urn(product.id),
        value=SerializedValueClass(
            blob=write_definition(product).encode("ascii"),
            contentType="JSON",
            schemaType="JSON",
        ),
    )


def product_of(info: "PlatformResourceInfoClass") -> DataProduct | None:
    """The product a platform resource keeps; None when the resource is of another type.

    Raises:
        DefinitionError: it is of our type and cannot be read.
    """
    if info.resourceType != DEFINITION_TYPE:
        return None
    if info.value is None:
        raise DefinitionError("the definition is empty")
    return take_definition(info.value.blob)


def _schedules(plain: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for assertion in plain["assertions"]:
        rule = assertion["freshness"] or {}
        if "schedule" in rule:
            yield rule["schedule"]


def _plain(value: object) -> str:
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(f"a definition cannot hold a {type(value).__name__}")


@cache
def _reader_of(type_: Any) -> _Reader:
    origin, arguments = get_origin(type_), get_args(type_)
    if origin in {Union, UnionType}:
        return _union_reader(arguments)
    if origin is tuple:
        return _tuple_reader(arguments)
    if is_dataclass(type_):
        return _dataclass_reader(type_)
    if type_ in _MADE_OF_TEXT:
        return _text_reader(type_, _MADE_OF_TEXT[type_])
    if issubclass(type_, Enum):
        return _enum_reader(type_)
    return _scalar_reader(type_)


def _scalar_reader(type_: type) -> _Reader:
    def read(value: Any) -> Any:
        # `type` and not `isinstance`: True is an int to Python, and none here.
        if type(value) is not type_:
            raise _Misfit(f"is not of type {type_.__name__}")
        return value

    def read_text(value: Any) -> Any:
        if type(value) is not str:
            raise _Misfit("is not of type str")
        # The same URNs and names are in many promises, and again in the next text of a product.
        return sys.intern(value)

    return read_text if type_ is str else read


def _text_reader(type_: type, made_of: Callable[[str], object]) -> _Reader:
    def read(value: Any) -> Any:
        try:
            if isinstance(value, str):
                return made_of(value)
        except (ValueError, ZeroDivisionError):
            pass
        raise _Misfit(f"is no {type_.__name__} that this version knows")

    return read


def _enum_reader(type_: type[Enum]) -> _Reader:
    read_other = _text_reader(type_, type_)
    known = {member.value: member for member in type_}

    def read(value: Any) -> Any:
        found = known.get(value) if type(value) is str else None
        return found or read_other(value)

    return read


def _tuple_reader(arguments: tuple[Any, ...]) -> _Reader:
    readers = [_reader_of(argument) for argument in arguments if argument is not Ellipsis]
    repeated = readers[0] if Ellipsis in arguments else None

    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise _Misfit("is not a list")
        if repeated is not None:
            return tuple([repeated(item) for item in value])
        if len(value) != len(readers):
            raise _Misfit(f"has {len(value)} parts instead of {len(readers)}")
        return tuple([reader(item) for reader, item in zip(readers, value, strict=True)])

    return read


def _union_reader(arguments: tuple[Any, ...]) -> _Reader:
    choices = [argument for argument in arguments if argument is not type(None)]
    readers = {_shape(choice): _reader_of(choice) for choice in choices}
    only = next(iter(readers.values())) if len(choices) == 1 else None
    may_be_none = type(None) in arguments

    def read(value: Any) -> Any:
        if value is None and may_be_none:
            return None
        reader = only or readers.get(frozenset(value) if isinstance(value, dict) else None)
        if reader is None:
            raise _Misfit("is of no form that this version knows")
        return reader(value)

    return read


def _shape(type_: Any) -> frozenset[str] | None:
    return frozenset(field.name for field in fields(type_)) if is_dataclass(type_) else None


def _dataclass_reader(type_: Any) -> _Reader:
    hints = get_type_hints(type_)
    readers = {field.name: _reader_of(hints[field.name]) for field in fields(type_)}
    required = frozenset(field.name for field in fields(type_) if _is_required(field))

    def read(value: Any) -> Any:
        _check_keys(value, readers, required)
        name = ""
        arguments = {}
        try:
            for name, item in value.items():
                arguments[name] = readers[name](item)
        except _Misfit as misfit:
            misfit.place = f".{name}{misfit.place}"
            raise
        return type_(**arguments)

    return read


def _check_keys(value: Any, known: Mapping[str, _Reader], required: frozenset[str]) -> None:
    if not isinstance(value, dict):
        raise _Misfit("is not an object")
    if value.keys() == known.keys():
        return
    if missing := sorted(required - value.keys()):
        raise _Misfit(f"lacks {', '.join(missing)}")
    if unknown := value.keys() - known.keys():
        raise _Misfit(f"has {len(unknown)} keys that this version does not know")


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
