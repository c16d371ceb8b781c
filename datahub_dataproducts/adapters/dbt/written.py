"""The fields of a manifest that data products need, in the forms dbt 0.19 to 2.0 gave them.

Nothing here is required: what a version of dbt leaves out or writes as null is as if it were not
there. All other fields, the larger part of a manifest, are skipped unread.
"""

from typing import Any

import msgspec

from datahub_dataproducts.adapters.dbt.artifacts import Artifact


class DependsOn(msgspec.Struct):
    """What a node reads."""

    nodes: list[str] | None = None


class Threshold(msgspec.Struct):
    """A duration of source freshness; dbt writes null counts where none is set."""

    count: int | float | str | None = None
    period: str | None = None


class Freshness(msgspec.Struct):
    """How old a source's data may be."""

    warn_after: Threshold | None = None
    error_after: Threshold | None = None


class Contract(msgspec.Struct):
    """A model contract of dbt."""

    enforced: bool | None = None


class Column(msgspec.Struct):
    """A column as described."""

    name: str | None = None
    data_type: str | None = None


class Config(msgspec.Struct):
    """What the project's YAML and the node's own `config` come to."""

    materialized: str | None = None
    # People write what they like below meta, so its form is not checked here.
    meta: Any = None
    access: str | None = None
    group: str | None = None
    contract: Contract | None = None
    freshness: Freshness | None = None
    # Of tests; dbt and people are free in how they write these.
    severity: Any = None
    where: Any = None
    limit: Any = None
    error_if: Any = None


class TestMetadata(msgspec.Struct):
    """Which generic test a test is, and with what arguments."""

    name: str | None = None
    namespace: str | None = None
    kwargs: dict[str, Any] | None = None


class Written(msgspec.Struct):
    """A node, source, exposure, metric, semantic model or saved query."""

    name: str | None = None
    resource_type: str | None = None
    package_name: str | None = None
    source_name: str | None = None
    version: str | float | None = None
    latest_version: str | float | None = None
    database: str | None = None
    schema: str | None = None
    alias: str | None = None
    identifier: str | None = None
    config: Config | None = None
    depends_on: DependsOn | None = None
    tags: list[str] | str | None = None
    column_name: str | None = None
    test_metadata: TestMetadata | None = None
    attached_node: str | None = None
    meta: Any = None
    owner: Any = None
    group: str | None = None
    original_file_path: str | None = None
    description: str | None = None
    access: str | None = None
    columns: dict[str, Column | None] | None = None
    contract: Contract | None = None
    url: str | None = None
    label: str | None = None
    type: str | None = None
    freshness: Freshness | None = None


class Group(msgspec.Struct):
    """A group of models and who answers for it."""

    name: str | None = None
    package_name: str | None = None
    owner: Any = None
    original_file_path: str | None = None


class DisabledNode(msgspec.Struct):
    """A node that dbt leaves out."""

    unique_id: str | None = None


class Manifest(Artifact, kw_only=True):
    """A manifest; its nodes stay JSON until each is needed, so that they never lie there twice."""

    # Without a default: a manifest that has none is cut off or of another tool.
    nodes: dict[str, msgspec.Raw] | None
    sources: dict[str, msgspec.Raw] | None = None
    exposures: dict[str, msgspec.Raw] | None = None
    metrics: dict[str, msgspec.Raw] | None = None
    semantic_models: dict[str, msgspec.Raw] | None = None
    saved_queries: dict[str, msgspec.Raw] | None = None
    groups: dict[str, Group | None] | None = None
    # Up to dbt 0.21 a list of nodes, then lists of nodes by unique id.
    disabled: dict[str, msgspec.Raw] | list[DisabledNode | None] | None = None
