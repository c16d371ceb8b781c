"""One dbt artifact: found, unpacked, recognised, or a problem that says what is there instead."""

import gzip
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity

_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SCHEMA = re.compile(r"/dbt/(?P<kind>[a-z-]+)/v(?P<version>\d+)(?:\.json)?$")
_OFFSET = re.compile(r" ?\(byte (\d+)\)")


class Metadata(msgspec.Struct):
    """The head that every dbt artifact has."""

    dbt_schema_version: str = ""
    dbt_version: str | None = None
    generated_at: str | None = None
    invocation_id: str | None = None
    project_name: str | None = None
    adapter_type: str | None = None


class Artifact(msgspec.Struct):
    """What all artifacts have in common; fields not named are skipped, unread."""

    metadata: Metadata = msgspec.field(default_factory=Metadata)


A = TypeVar("A", bound=Artifact)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind(Generic[A]):
    """A kind of artifact.

    Attributes:
        name: as in dbt's schema URL (`manifest`, `run-results`, `sources`).
        file: the name dbt gives the file.
        newest: the newest schema version known; all from 1 on are read.
        made_by: the command that writes it.
        option: the recipe's option that says where it is.
        decoder: reads the fields that matter.
    """

    name: str
    file: str
    newest: int
    made_by: str
    option: str
    decoder: msgspec.json.Decoder[A]


class _Head(msgspec.Struct):
    metadata: Metadata


_HEAD = msgspec.json.Decoder(_Head)


def read_artifact(path: Path, kind: Kind[A]) -> A | Problem:
    """The artifact at `path`, plain or gzipped whatever its name, or the one thing wrong with it."""
    content = _content(path, kind)
    if isinstance(content, Problem):
        return content
    try:
        artifact = kind.decoder.decode(content)
    except msgspec.ValidationError as wrong:
        other = _not_of_kind(path, kind, _metadata(content))
        return other or malformed(path, kind, f"does not look as dbt writes it: {wrong}")
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        place = Location(str(path), *_line_and_column(content, str(wrong)))
        said = _OFFSET.sub("", str(wrong))
        return malformed(path, kind, f"is no complete JSON: {said}", place)
    except RecursionError:
        return malformed(path, kind, "is nested deeper than anything dbt writes")
    return _not_of_kind(path, kind, artifact.metadata) or artifact


def problem_with(path: Path, code: str, message: str, remedy: str) -> Problem:
    """An error that concerns a whole file."""
    return Problem(
        code=code,
        severity=ProblemSeverity.ERROR,
        location=Location(str(path)),
        message=message,
        remedy=remedy,
    )


def _content(path: Path, kind: Kind[A]) -> bytes | Problem:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Problem(
            code="dbt-file-missing",
            severity=ProblemSeverity.ERROR,
            location=Location(str(path), 0, 0),
            message=f"there is no {kind.file} here",
            remedy=f"run `{kind.made_by}`, or say in `{kind.option}` where it is",
        )
    except OSError as refused:
        return problem_with(
            path,
            "dbt-file-unreadable",
            f"{kind.file} cannot be read: {refused.strerror}",
            f"make it readable, or say in `{kind.option}` where it is",
        )
    if content.startswith(_GZIP):
        try:
            content = gzip.decompress(content)
        except (EOFError, OSError, zlib.error):
            return malformed(path, kind, "is a gzip file that was cut off or damaged")
    return content.removeprefix(_BYTE_ORDER_MARK)


def _metadata(content: bytes) -> Metadata:
    try:
        return _HEAD.decode(content).metadata
    except (msgspec.DecodeError, RecursionError):
        return Metadata()


def _not_of_kind(path: Path, kind: Kind[A], metadata: Metadata) -> Problem | None:
    schema = _SCHEMA.search(metadata.dbt_schema_version)
    by = f" (written by dbt {metadata.dbt_version})" if metadata.dbt_version else ""
    if schema is None:
        return problem_with(
            path,
            "dbt-file-of-another-kind",
            f"this is not dbt's {kind.file}: it names no dbt schema version",
            f"run `{kind.made_by}`, and point `{kind.option}` at the {kind.file} it writes",
        )
    found, version = schema["kind"], int(schema["version"])
    if found != kind.name:
        return problem_with(
            path,
            "dbt-file-of-another-kind",
            f"this is dbt's {found} v{version}{by}, not its {kind.name}",
            f"point `{kind.option}` at the {kind.file} that `{kind.made_by}` writes",
        )
    if not 1 <= version <= kind.newest:
        return problem_with(
            path,
            "dbt-file-of-unknown-version",
            f"this is {kind.name} v{version}{by}, and v1 to v{kind.newest} can be read",
            f"upgrade datahub-dataproducts, or run `{kind.made_by}` with a dbt it knows",
        )
    return None


def malformed(path: Path, kind: Kind[A], what: str, place: Location | None = None) -> Problem:
    """The error that an artifact is damaged: `what` follows its name."""
    return Problem(
        code="dbt-file-malformed",
        severity=ProblemSeverity.ERROR,
        location=place or Location(str(path)),
        message=f"{kind.file} {what}",
        remedy=f"run `{kind.made_by}` again and let it finish",
    )


def _line_and_column(content: bytes, said: str) -> tuple[int, int]:
    offset = _OFFSET.search(said)
    before = content[: int(offset[1])] if offset else content
    return before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
