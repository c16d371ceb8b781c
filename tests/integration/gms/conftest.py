"""The server under test, for every test in this folder."""

import os
from collections.abc import Iterator

import pytest

from tests.integration.gms.server import Gms
from tests.integration.gms.subject import Subject

# Read before any test can set it for a process that it starts.
_URL, _TOKEN = os.environ.get("DATAHUB_GMS_URL"), os.environ.get("DATAHUB_GMS_TOKEN")


@pytest.fixture
def server() -> Iterator[Subject]:
    if _URL:
        subject = Subject(_URL.rstrip("/"), _TOKEN, None)
        with subject.graph:
            yield subject
        return
    with Gms() as gms:
        subject = Subject(gms.url, None, gms)
        with subject.graph:
            yield subject
        assert gms.unexpected == [], "the stand-in was asked for what it does not know"
