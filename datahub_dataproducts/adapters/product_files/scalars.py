"""What an unquoted YAML scalar may be read as, by YAML 1.1 and by YAML 1.2."""

import re
from enum import Enum

from datahub_dataproducts.adapters.product_files.nodes import Scalar


class Reading(Enum):
    """How YAML's two versions read a scalar; the value says it in words.

    The three `MAYBE` are read differently by the two, `FLAG` and `NUMBER` alike.
    """

    TEXT = "text"
    NOTHING = "nothing"
    FLAG = "true or false"
    NUMBER = "a number"
    MAYBE_FLAG = "text or as true or false, depending on its version"
    MAYBE_NUMBER = "a number or as something else, depending on its version"
    MAYBE_DATE = "a date or as text, depending on its version"


# The first alternative that matches names the reading; what none matches is text.
_FORMS = re.compile(
    r"""
      (?P<NOTHING> ~ | null | Null | NULL | )
    | (?P<FLAG> true | True | TRUE | false | False | FALSE )
    | (?P<NUMBER>
          [-+]? (?: 0 | [1-9][0-9]* )
        | [-+]? (?: \.[0-9]+ | [0-9]+\.[0-9]* ) (?: [eE][-+][0-9]+ )?
        | 0x[0-9a-fA-F]+
        | [-+]?\.(?: inf | Inf | INF ) | \.(?: nan | NaN | NAN )
      )
    | (?P<MAYBE_FLAG>
          yes | Yes | YES | no | No | NO | on | On | ON | off | Off | OFF | y | Y | n | N
      )
    | (?P<MAYBE_NUMBER>
          [-+]? [0-9][0-9_]*
        | [-+]? [0-9][0-9_]*\.[0-9_]* (?: [eE][-+][0-9]+ )?
        | [-+]? (?: \.[0-9]+ | [0-9]+ (?: \.[0-9]* )? ) [eE][-+]?[0-9]+
        | [-+]? 0b[01_]+ | 0o[0-7]+ | [-+]? 0x[0-9a-fA-F_]+
        | [-+]? [1-9][0-9_]* (?: :[0-5]?[0-9] )+
        | [-+]? [0-9][0-9_]* (?: :[0-5]?[0-9] )+ \.[0-9_]*
      )
    | (?P<MAYBE_DATE>
          [0-9]{4} - [0-9]{1,2} - [0-9]{1,2}
          (?: (?: [Tt] | [ \t]+ ) [0-9]{1,2} : [0-9]{2} : [0-9]{2} .{0,20} )?
      )
    """,
    re.VERBOSE,
)
_MAY_BE_MORE_THAN_TEXT = frozenset("0123456789+-.~nNyYtTfFoO")


def reading(scalar: Scalar) -> Reading:
    """What a scalar is; whatever is quoted, a block or tagged `!!str` is text."""
    if not scalar.plain:
        return Reading.TEXT
    text = scalar.text
    if text and text[0] not in _MAY_BE_MORE_THAN_TEXT:
        return Reading.TEXT
    match = _FORMS.fullmatch(text)
    return Reading[match.lastgroup] if match and match.lastgroup else Reading.TEXT


def is_nothing(scalar: Scalar) -> bool:
    """True for an empty value, `~` and `null`, which stand for a key that is not given."""
    return scalar.plain and (not scalar.text or reading(scalar) is Reading.NOTHING)


def flag(scalar: Scalar) -> bool | None:
    """The truth that both versions read; None when it is something else."""
    return scalar.text.lower() == "true" if reading(scalar) is Reading.FLAG else None


def text_of_property(scalar: Scalar) -> str | None:
    """The text that DataHub keeps of a property; None where the versions give different texts.

    DataHub turns every value into text by way of Python: `true` is kept as `True`, `1.50` as
    `1.5`. A bare day stays as it is written under either version.
    """
    kind = reading(scalar)
    text = scalar.text
    if kind is Reading.TEXT:
        return text
    if kind is Reading.NUMBER:
        return _text_of_number(text)
    if kind is Reading.MAYBE_DATE and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return text
    if kind is Reading.NOTHING:
        return str(None)
    return str(flag(scalar)) if kind is Reading.FLAG else None


def _text_of_number(text: str) -> str:
    if text.startswith("0x"):
        return str(int(text, 16))
    if re.fullmatch(r"[-+]?[0-9]+", text):
        # As text on purpose: Python refuses to convert integers of very many digits.
        digits = text.removeprefix("+")
        return "0" if digits == "-0" else digits
    return str(float(text.lower().replace(".inf", "inf").replace(".nan", "nan")))
