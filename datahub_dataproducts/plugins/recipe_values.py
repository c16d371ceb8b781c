"""What is written in recipes in one way wherever it occurs: durations, time zones, paces, secrets."""

import re
from pathlib import Path
from typing import Annotated, Any

from datahub.configuration.common import ConfigModel
from pydantic import AfterValidator, SecretStr, ValidationInfo, field_validator, model_validator

from datahub_dataproducts.domain.durations import HOUR, MINUTE, SECOND, parse_duration
from datahub_dataproducts.domain.schedules import is_timezone

_PACE = re.compile(r"([1-9][0-9]{0,5})/([smh])")
_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR}
SECRET_FILE = "_file"  # noqa: S105 - no secret, the end of a name
"""What the name of an option ends with that has a secret in a file."""


def check_timezone(name: str) -> str:
    """An IANA name; `ValueError` for what is none."""
    if not is_timezone(name):
        msg = f'"{name}" is no time zone: write an IANA name such as Europe/Amsterdam'
        raise ValueError(msg)
    return name


def check_duration(text: str) -> str:
    """A whole number with its unit; `ValueError` for what is none."""
    if parse_duration(text) is None:
        msg = f'"{text}" is not a duration: write a whole number with s, m, h, d or w (30s)'
        raise ValueError(msg)
    return text


def check_pace(text: str) -> str:
    """So many in a second, a minute or an hour; `ValueError` for what is none."""
    if _PACE.fullmatch(text) is None:
        msg = f'"{text}" is not a pace: write how many in a second, minute or hour (1/s, 30/m)'
        raise ValueError(msg)
    return text


def spacing_of(pace: str) -> int:
    """Milliseconds from one to the next, so that there are never more than a pace allows."""
    found = _PACE.fullmatch(check_pace(pace))
    assert found is not None
    return -(-_UNITS[found[2]] // int(found[1]))


Timezone = Annotated[str, AfterValidator(check_timezone)]
Duration = Annotated[str, AfterValidator(check_duration)]
Pace = Annotated[str, AfterValidator(check_pace)]


class WithSecrets(ConfigModel):
    """A config whose secrets, its fields of type `SecretStr`, may be given as a file each.

    Of a secret `token` the recipe has `token: ${MY_TOKEN}`, which DataHub fills in from the
    environment, or `token_file: /run/secrets/token`. The file is read when the recipe is; blanks
    and line breaks around its text are not part of it. No message ever has what a secret is.
    """

    @model_validator(mode="before")
    @classmethod
    def _read_files(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        read = dict(given)
        for name in secrets_of(cls):
            path = read.pop(f"{name}{SECRET_FILE}", None)
            if path is None:
                continue
            if name in read:
                msg = f"there are {name} and {name}{SECRET_FILE}; write one of them"
                raise ValueError(msg)
            read[name] = _text_of(path, f"{name}{SECRET_FILE}")
        return read

    @field_validator("*")
    @classmethod
    def _is_not_blank(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, SecretStr) and not value.get_secret_value().strip():
            msg = f"{info.field_name} is empty"
            raise ValueError(msg)
        return value


def secrets_of(config: type[ConfigModel]) -> list[str]:
    """The options of a config that are secrets."""
    secret = (SecretStr, SecretStr | None)
    return [name for name, field in config.model_fields.items() if field.annotation in secret]


def _text_of(path: object, name: str) -> str:
    """The text of a file, without what is around it; whatever is wrong names the path alone."""
    msg = f"{name}: write the path of a file"
    if isinstance(path, str):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as problem:
            msg = f"{name}: {path} cannot be read ({problem.strerror})"
        except ValueError:
            msg = f"{name}: {path} is not text in UTF-8"
    raise ValueError(msg)
