"""Values in recipes: paces, and secrets that may be in files."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from datahub_dataproducts.domain.durations import SECOND
from datahub_dataproducts.plugins.recipe_values import WithSecrets, spacing_of


class Door(WithSecrets):
    """A config with a secret that it needs and one that it does not."""

    token: SecretStr
    spare: SecretStr | None = None
    name: str = ""


def fault(**given: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Door.model_validate(given)
    return "; ".join(one["msg"] for one in caught.value.errors())


def test_a_secret_is_written_or_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("  s3cret\n")
    for given in ({"token": "s3cret"}, {"token_file": str(file)}):
        door = Door.model_validate(given)
        assert door.token.get_secret_value() == "s3cret"
        assert door.spare is None
    both = Door.model_validate({"token": "a", "spare_file": str(file)})
    assert both.spare == SecretStr("s3cret")


def test_a_secret_is_given_once_and_is_not_empty(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n")
    assert "there are token and token_file; write one of them" in fault(token="a", token_file="b")
    assert "token is empty" in fault(token_file=str(empty))
    assert "token is empty" in fault(token=" ")
    assert fault() == "Field required"


def test_a_file_that_cannot_be_read_is_named_and_nothing_of_it_is_told(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"s3cret\xff")
    told = [
        fault(token_file=str(tmp_path / "none")),
        fault(token_file=str(tmp_path)),
        fault(token_file=str(binary)),
        fault(token_file=["s3cret"]),
    ]
    assert "none cannot be read (No such file or directory)" in told[0]
    assert "cannot be read (Is a directory)" in told[1]
    assert "binary is not text in UTF-8" in told[2]
    assert "token_file: write the path of a file" in told[3]
    assert "s3cret" not in "".join(told)


def test_no_error_shows_what_a_secret_is() -> None:
    with pytest.raises(ValidationError) as caught:
        Door.model_validate({"token": "s3cret", "token_file": "x", "unknown": 1})
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(Door(token=SecretStr("s3cret")))


def test_what_is_no_table_is_told_as_such() -> None:
    with pytest.raises(ValidationError, match="valid dictionary"):
        Door.model_validate(["s3cret"])


@pytest.mark.parametrize(
    ("pace", "spacing"), [("1/s", SECOND), ("30/m", 2 * SECOND), ("3/s", 334), ("1/h", 3_600_000)]
)
def test_a_pace_is_never_faster_than_it_says(pace: str, spacing: int) -> None:
    assert spacing_of(pace) == spacing


@pytest.mark.parametrize("pace", ["0/s", "1", "1/d", "-1/s", "1/s/s", "", "1 / s"])
def test_what_is_no_pace_is_told_with_an_example(pace: str) -> None:
    with pytest.raises(ValueError, match="is not a pace: write how many"):
        spacing_of(pace)
