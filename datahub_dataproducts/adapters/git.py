"""Git: the files of another revision, read without touching the working tree."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path


class GitRefused(Exception):
    """Git cannot give the files; the text says why, in words for people."""


class _Silent(GitRefused):
    """Git did not say why: of a revision that there is not, when it is asked quietly."""


def files_at(root: Path, revision: str, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """The files below a folder at a revision.

    Args:
        root: a folder within a repository.
        revision: a branch, tag or commit.
        wanted: which paths, relative to `root` and with slashes, are to be read.

    Returns:
        Content by path, in git's order. Links are left out, as are other repositories.

    Raises:
        GitRefused: there is no git, no repository, or no such revision.
    """
    wanted_commit = f"{revision}^{{commit}}"
    try:
        commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted_commit)
    except _Silent:
        raise GitRefused(
            f'there is no revision "{revision}" in this clone; a shallow one has only what was '
            "fetched, so fetch it first"
        ) from None
    listed = _git(root, "ls-tree", "-r", "-z", commit.decode("ascii").strip())
    blobs: dict[str, str] = {}
    for entry in listed.split(b"\0"):
        head, _, path = entry.partition(b"\t")
        name = path.decode("utf-8", "replace")
        # Mode, type and id: a regular file has a mode of 100644 or 100755.
        if head.startswith(b"100") and wanted(name):
            blobs[name] = head.split()[2].decode("ascii")
    asked = "".join(f"{blob}\n" for blob in blobs.values()).encode("ascii")
    given = _git(root, "cat-file", "--batch", stdin=asked)
    return dict(zip(blobs, _contents(given), strict=True))


def _contents(given: bytes) -> Iterator[bytes]:
    """What `cat-file --batch` gives: `<id> blob <size>`, a line end, the content, a line end."""
    at = 0
    while at < len(given):
        begin = given.index(b"\n", at) + 1
        end = begin + int(given[at:begin].split()[-1])
        yield given[begin:end]
        at = end + 1


def _git(root: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - no shell; a revision stands after --end-of-options
            ["git", "-C", str(root), *arguments],  # noqa: S607 - the git that people use
            check=False,
            capture_output=True,
            input=stdin,
        )
    except OSError as error:
        raise GitRefused(f"git cannot be started: {error.strerror}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        if not said:
            raise _Silent(f"git {arguments[0]} failed without a word")
        # What is fatal stands before what to do about it.
        raise GitRefused(next((line for line in said if line.startswith("fatal: ")), said[-1]))
    return done.stdout
