"""Values that a JSON Schema allows, for hypothesis; of the keywords that our schemas use."""

from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft7Validator

Schema = dict[str, Any]
Values = st.SearchStrategy[Any]

_ASCII = st.characters(min_codepoint=32, max_codepoint=126)


def values_of(schema: Schema, root: Schema) -> Values:
    """What a part of the schema allows."""
    if "$ref" in schema:
        return st.deferred(lambda: values_of(_meant(schema, root), root))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "properties" in schema:
        return st.one_of([_objects(schema, kind, root) for kind in _kinds(schema)])
    if "anyOf" in schema:
        return st.one_of([values_of(one, root) for one in schema["anyOf"]])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_of_type(type_, schema, root) for type_ in types])


def _of_type(type_: str, schema: Schema, root: Schema) -> Values:
    if type_ == "array":
        items = values_of(schema["items"], root)
        return st.lists(items, min_size=schema.get("minItems", 0), max_size=3)
    if type_ == "object":
        return st.dictionaries(
            st.text("abc", min_size=1), values_of(schema["additionalProperties"], root), max_size=3
        )
    if type_ == "string":
        return _texts(schema)
    return {
        "number": st.integers(1, 1000),
        "boolean": st.booleans(),
        "null": st.none(),
    }[type_]


def _texts(schema: Schema) -> Values:
    examples = [one for one in schema.get("examples", []) if isinstance(one, str)]
    if "pattern" not in schema:
        return st.text("abc xyz", min_size=1, max_size=8)
    # Python's `$` lets a line end follow.
    pattern = schema["pattern"]
    matching = st.from_regex(pattern, alphabet=_ASCII).filter(lambda text: "\n" not in text)
    return st.one_of([st.sampled_from(examples), matching] if examples else [matching])


def _kinds(schema: Schema) -> list[Schema]:
    """The alternatives that an object has beside its properties, each with one of its own."""
    kinds = schema.get("oneOf", schema.get("anyOf", [{}]))
    return [
        {
            "required": [*kind.get("required", []), *inner.get("required", [])],
            "properties": {**kind.get("properties", {}), **inner.get("properties", {})},
        }
        for kind in kinds
        for inner in kind.get("anyOf", [{}])
    ]


def _objects(schema: Schema, kind: Schema, root: Schema) -> Values:
    limits = kind["properties"]
    required = {*schema.get("required", []), *kind["required"]}
    of_keys = {
        key: _within(values_of(value, root), limits.get(key), root)
        for key, value in schema["properties"].items()
        if not _is_nothing(limits.get(key))
    }
    return st.fixed_dictionaries(
        {key: values for key, values in of_keys.items() if key in required},
        optional={key: values for key, values in of_keys.items() if key not in required},
    )


def _is_nothing(limit: Schema | bool | None) -> bool:
    return limit is False or (isinstance(limit, dict) and limit.get("type") == "null")


def _within(values: Values, limit: Schema | None, root: Schema) -> Values:
    if limit is None:
        return values
    validator = Draft7Validator({**limit, "definitions": root["definitions"]})
    return values.filter(validator.is_valid)


def _meant(schema: Schema, root: Schema) -> Schema:
    meant: Schema = root["definitions"][schema["$ref"].rpartition("/")[2]]
    return meant
