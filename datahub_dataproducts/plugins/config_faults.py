"""What is wrong with a config, in words for people: pydantic's own are for those who program."""

from collections.abc import Mapping

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from datahub_dataproducts.domain.problems import did_you_mean
from datahub_dataproducts.plugins.config_options import is_choice, options_at

# With more than so many, all of them are no help.
_FEW = 20
_WORDS = {
    "missing": "is missing",
    "union_tag_not_found": "`type` is missing",
    "string_type": "is no text: write it in quotes",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "int_type": "write a whole number",
    "int_parsing": "write a whole number",
    "list_type": "write a list",
    "dict_type": "write a mapping",
    "model_type": "write a mapping",
    "model_attributes_type": "write a mapping",
    "greater_than_equal": "write {ge} or more",
    "less_than_equal": "write {le} or less",
    "too_short": "name at least {min_length}",
}


def faults_of(error: ValidationError, given: object, model: type[BaseModel]) -> str:
    """Every fault of the config `given`, each with its place, separated by semicolons.

    `model` is what it was to be: of an option that there is not, it knows which was meant. No value is in it that may be a secret.
    """
    told: dict[str, list[str]] = {}
    for fault in error.errors():
        said = told.setdefault(_place(fault["loc"], given), [])
        if fault["type"] == "extra_forbidden":
            said.append(_no_option(fault["loc"], model))
        elif not (fault["type"] == "literal_error" and is_choice(fault["loc"][-1])):
            said.append(_words_of(fault))
        elif said and not isinstance(fault["input"], Mapping):
            # A word that may stand in the place of something else; of that all was said.
            said[-1] += f", or {_bare(fault['ctx']['expected'])}"
    return "; ".join(
        f"{place}: {words}" if place else words for place, said in told.items() for words in said
    )


def _no_option(path: tuple[int | str, ...], model: type[BaseModel]) -> str:
    *place, name = path
    known = options_at(model, place)
    remedy = did_you_mean(str(name), known)
    if not remedy and known and len(known) <= _FEW:
        remedy = f"options are {', '.join(known)}"
    return ", ".join(filter(None, ("there is no such option", remedy)))


def _words_of(fault: ErrorDetails) -> str:
    """What is wrong, without its place."""
    about = fault.get("ctx", {})
    match fault["type"]:
        case "value_error":
            return str(about["error"])
        case "literal_error" | "enum":
            return f"write {_bare(about['expected'])}"
        case "union_tag_invalid":
            tags = _bare(about["expected_tags"])
            return f"there is no type {about['tag']}; types are {tags}"
        case kind:
            words = _WORDS.get(kind)
            return fault["msg"] if words is None else words.format_map(about)


def _place(path: tuple[int | str, ...], given: object) -> str:
    """Where it is written: pydantic's path without the types that it names on the way."""
    written: list[str] = []
    here = given
    for part in path:
        if is_choice(part):
            continue
        if isinstance(here, Mapping):
            if part not in here and part == here.get("type"):
                continue
            here = here.get(part)
        elif isinstance(here, list) and isinstance(part, int):
            here = here[part]
        written.append(f"[{part}]" if isinstance(part, int) else f".{part}")
    return "".join(written).removeprefix(".")


def _bare(quoted: str) -> str:
    return quoted.replace("'", "")
