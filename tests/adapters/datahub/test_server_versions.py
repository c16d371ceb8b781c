"""What a server can take is read from the version that it tells."""

import pytest
from datahub.utilities.server_config_util import RestServiceConfig

from datahub_dataproducts.adapters.datahub.server_versions import server_version, unreadable


def config(version: object, environment: str | None = "core") -> RestServiceConfig:
    told = {"versions": {"acryldata/datahub": {"version": version}}}
    return RestServiceConfig(raw_config={**told, "datahub": {"serverEnv": environment}})


@pytest.mark.parametrize(
    ("version", "patches", "parents"),
    [
        ("v1.4.0", False, False),
        ("v1.6.0.1", False, False),
        ("v1.7.0", True, False),
        ("1.7.0rc2", True, False),
        ("v1.7.0.1", True, False),
        ("v1.7.0.2", True, True),
        ("v1.8.0", True, True),
    ],
)
def test_a_version_of_datahub_says_what_arrives(version: str, patches: bool, parents: bool) -> None:
    read = server_version(config(version))
    assert (read.takes_patches, read.keeps_parents) == (patches, parents)


@pytest.mark.parametrize("version", ["null", "", "v0.0.0", "acme-fork", None, 7])
def test_of_a_version_that_is_none_of_datahubs_nothing_is_said(version: object) -> None:
    read = server_version(config(version))
    assert (read.takes_patches, read.keeps_parents) == (None, None)
    assert "v1.7.0" in unreadable(read)


def test_the_cloud_counts_otherwise() -> None:
    assert server_version(config("v0.3.15", environment="cloud")).takes_patches is None


def test_a_server_that_tells_nothing_of_itself_says_so() -> None:
    assert "does not say its version" in unreadable(server_version(RestServiceConfig()))
    assert 'says "acme-fork"' in unreadable(server_version(config("acme-fork")))
