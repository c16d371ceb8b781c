"""Git: the files of another revision, read without touching the working tree."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path


class GitRefused(Exception):
    """Git cannot give the files; the text says why, in words for people."""


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
    commit = _git(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
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
        raise GitRefused(said[-1] if said else "there is no such revision")
    return done.stdout
