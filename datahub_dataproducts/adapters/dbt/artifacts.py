"""One dbt artifact: found, unpacked, recognised, or a problem that says what is there instead."""

import gzip
import io
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

import msgspec

from datahub_dataproducts.domain.problems import Location, Problem, ProblemSeverity

_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SCHEMA = re.compile(r"/dbt/(?P<kind>[a-z-]+)/v(?P<version>\d{1,4})(?:\.json)?$")
_OFFSET = re.compile(r" ?\(byte (\d+)\)")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")

Place = Path | str
"""Where an artifact is: a local file, or a URI as text."""

Fetch = Callable[[str], bytes | Problem]
"""Gets what is at a URI, or says why not; the problem needs no place."""


class Metadata(msgspec.Struct):
    """The head that every dbt artifact has."""

    dbt_schema_version: str | None = None
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
        versions: by its name in dbt's schema URL (`manifest`, `run-results`), the oldest and the
            newest schema version that are read. Several names are several files of one form.
        file: the name dbt gives the file.
        made_by: the command that writes it.
        option: the recipe's option that says where it is.
        decoder: reads the fields that matter.
    """

    versions: Mapping[str, tuple[int, int]]
    file: str
    made_by: str
    option: str
    decoder: msgspec.json.Decoder[A]


class _Head(msgspec.Struct):
    metadata: Metadata


_HEAD = msgspec.json.Decoder(_Head)


def is_uri(place: str) -> bool:
    """True for what is fetched (`s3://bucket/key`), False for a path."""
    return _URI.match(place) is not None


def shown(place: Place) -> str:
    """The place as it may be told: what is secret in a URI (a signature, a password) is cut."""
    if not is_uri(str(place)):
        return str(place)
    try:
        parts = urlsplit(str(place))
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return f"{str(place).partition(':')[0]}://"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def read_artifact(place: Place, kind: Kind[A], fetch: Fetch | None = None) -> A | Problem:
    """The artifact at `place`, plain or gzipped whatever its name, or the one thing wrong with it.

    Without `fetch` only files are read.
    """
    content = _content(place, kind, fetch)
    if isinstance(content, Problem):
        return content
    try:
        artifact = kind.decoder.decode(content)
    except msgspec.ValidationError as wrong:
        other = _not_of_kind(place, kind, _metadata(content))
        return other or malformed(place, kind, f"does not look as dbt writes it: {wrong}")
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        at = Location(shown(place), *_line_and_column(content, str(wrong)))
        said = _OFFSET.sub("", str(wrong))
        return malformed(place, kind, f"is no complete JSON: {said}", at)
    except RecursionError:
        return malformed(place, kind, "is nested deeper than anything dbt writes")
    return _not_of_kind(place, kind, artifact.metadata) or artifact


def problem_with(place: Place, code: str, message: str, remedy: str) -> Problem:
    """An error that concerns a whole file."""
    return Problem(
        code=code,
        severity=ProblemSeverity.ERROR,
        location=Location(shown(place)),
        message=message,
        remedy=remedy,
    )


def malformed(place: Place, kind: Kind[A], what: str, at: Location | None = None) -> Problem:
    """The error that an artifact is damaged: `what` follows its name."""
    return Problem(
        code="dbt-file-malformed",
        severity=ProblemSeverity.ERROR,
        location=at or Location(shown(place)),
        message=f"{kind.file} {what}",
        remedy=f"run `{kind.made_by}` again and let it finish",
    )


def _content(place: Place, kind: Kind[A], fetch: Fetch | None) -> bytes | Problem:
    if isinstance(place, str) and is_uri(place):
        content = _fetched(place, kind, fetch)
    else:
        content = _read(Path(place), kind)
    if isinstance(content, bytes) and content.startswith(_GZIP):
        try:
            content = _unpacked(content)
        except (EOFError, OSError, zlib.error):
            return malformed(place, kind, "is a gzip file that was cut off or damaged")
    return content if isinstance(content, Problem) else content.removeprefix(_BYTE_ORDER_MARK)


def _unpacked(content: bytes) -> bytes:
    """What is in a gzip file, which takes its size once and not twice in between."""
    whole = io.BytesIO()
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
        while piece := packed.read(1 << 20):
            whole.write(piece)
    return whole.getvalue()


def _fetched(uri: str, kind: Kind[A], fetch: Fetch | None) -> bytes | Problem:
    if fetch is None:
        return problem_with(
            uri,
            "dbt-file-unreadable",
            f"{kind.file} is to be fetched from a URI, and only files are read here",
            f"copy it into a file and say in `{kind.option}` where that is",
        )
    content = fetch(uri)
    if isinstance(content, Problem):
        return replace(content, location=Location(shown(uri), 0, 0))
    return content


def _read(path: Path, kind: Kind[A]) -> bytes | Problem:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return Problem(
            code="dbt-file-missing",
            severity=ProblemSeverity.ERROR,
            location=Location(str(path), 0, 0),
            message=f"there is no {kind.file} here",
            remedy=f"run `{kind.made_by}`, or say in `{kind.option}` where it is",
        )
    except (OSError, ValueError) as refused:
        why = refused.strerror if isinstance(refused, OSError) else "no file can have this name"
        return problem_with(
            path,
            "dbt-file-unreadable",
            f"{kind.file} cannot be read: {why}",
            f"make it readable, or say in `{kind.option}` where it is",
        )


def _metadata(content: bytes) -> Metadata:
    try:
        return _HEAD.decode(content).metadata
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Metadata()


def _not_of_kind(place: Place, kind: Kind[A], metadata: Metadata) -> Problem | None:
    schema = _SCHEMA.search(metadata.dbt_schema_version or "")
    by = f" (written by dbt {metadata.dbt_version})" if metadata.dbt_version else ""
    if schema is None:
        return problem_with(
            place,
            "dbt-file-of-another-kind",
            f"this is not dbt's {kind.file}: it names no dbt schema version",
            f"run `{kind.made_by}`, and point `{kind.option}` at the {kind.file} it writes",
        )
    found, version = schema["kind"], int(schema["version"])
    if found not in kind.versions:
        wanted = " or ".join(kind.versions)
        return problem_with(
            place,
            "dbt-file-of-another-kind",
            f"this is dbt's {found} v{version}{by}, not its {wanted}",
            f"point `{kind.option}` at the {kind.file} that `{kind.made_by}` writes",
        )
    oldest, newest = kind.versions[found]
    if not oldest <= version <= newest:
        read = f"v{oldest} to v{newest}" if oldest < newest else f"only v{newest}"
        return problem_with(
            place,
            "dbt-file-of-unknown-version",
            f"this is {found} v{version}{by}, and {read} can be read",
            f"upgrade datahub-dataproducts, or run `{kind.made_by}` with a dbt it knows",
        )
    return None


def _line_and_column(content: bytes, said: str) -> tuple[int, int]:
    offset = _OFFSET.search(said)
    before = content[: int(offset[1])] if offset else content
    return before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
