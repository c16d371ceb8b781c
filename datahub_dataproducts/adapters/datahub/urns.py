"""URNs: the only place that makes and reads them.

A dbt node gets the URNs that DataHub's own dbt source gives it under the same settings: datasets,
dashboards of exposures, assertions of tests and of source freshness.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import unquote

from datahub.emitter import mce_builder
from datahub.metadata.urns import Urn
from datahub.utilities.urns.error import InvalidUrnError
from datahub.utilities.urns.urn_iter import lowercase_dataset_urn
from typing_extensions import Self

from datahub_dataproducts.domain.nodes import Node, Project

_DBT = "dbt"
# Ours, in the guids of what we make.
_PLATFORM = "data-products"
_DATA_PRODUCT = "urn:li:dataProduct:"
# The server gives those of others a UUID.
_OWN_INCIDENT = f"urn:li:incident:{_PLATFORM}-"
_SEMANTIC_MODEL = "semantic_model"
# What DataHub percent-encodes within a URN.
# Nothing encoded, and nothing that a URN gives a meaning.
_PLAIN_DATASET = re.compile(r"urn:li:dataset:\(urn:li:dataPlatform:([\w-]+),([\w./-]+),[A-Z]+\)")
_ENCODED = re.compile("%2C|%28|%29|%E2%90%9F", re.IGNORECASE)
# Here a dot is part of the name, elsewhere it comes before the last part.
_DOTTED_NAMES = frozenset({"kafka", "kinesis", "pulsar", "gcp-pubsub"})


@dataclass(frozen=True, kw_only=True, slots=True)
class DbtNaming:
    """The URNs of dbt nodes under the settings of one recipe, which are those of the dbt source.

    Attributes:
        target_platform: what dbt runs on (`snowflake`, `duckdb`, ...).
        target_platform_instance: of the warehouse's datasets.
        platform_instance: of dbt's datasets, dashboards and assertions.
        env: DataHub's environment.
        convert_urns_to_lowercase: of dataset names.
        lowercase_platform_instance: also of the platform instance that begins a dataset's name.
            DataHub does so when the recipe itself says `convert_urns_to_lowercase: true`, and not
            when that is the default.
        use_identifiers: name a source by its `identifier`.
        include_database_name: begin a dataset's name with the database.
        include_env_in_assertion_guid: tell assertions of environments other than PROD apart.
        drop_duplicate_sources: a source that is a model's table is that model.
        asset_platform: whether an asset is the warehouse's dataset or its dbt sibling.
        nodes: of the project, by unique id; see `within`.
        same_tables: unique ids of sources that are a model's table, with that model's.
    """

    target_platform: str
    target_platform_instance: str | None = None
    platform_instance: str | None = None
    env: str = mce_builder.DEFAULT_ENV
    convert_urns_to_lowercase: bool = True
    lowercase_platform_instance: bool = False
    use_identifiers: bool = False
    include_database_name: bool = True
    include_env_in_assertion_guid: bool = False
    drop_duplicate_sources: bool = True
    asset_platform: Literal["target", "dbt"] = "target"
    nodes: Mapping[str, Node] = field(default_factory=dict, repr=False, compare=False)
    same_tables: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def within(self, project: Project) -> Self:
        """The same settings for the tests of one project, whose URNs depend on other nodes."""
        models = {
            self._name(node): node.unique_id
            for node in project.nodes.values()
            if node.resource_type == "model" and _has_relation(node)
        }
        sources = (node for node in project.nodes.values() if node.resource_type == "source")
        same_tables = (
            {
                node.unique_id: models[name]
                for node in sources
                if (name := self._name(node)) in models
            }
            if self.drop_duplicate_sources
            else {}
        )
        return replace(self, nodes=project.nodes, same_tables=same_tables)

    def asset_urn(self, node: Node) -> str:
        """URN of the asset a node is: a dataset, or a dashboard for an exposure."""
        return self.sibling_urns(node)[0]

    def sibling_urns(self, node: Node) -> tuple[str, ...]:
        """All URNs DataHub knows the node by, the asset's own first.

        An ephemeral model and a semantic model have no relation, so they have a dbt dataset only.
        """
        if node.resource_type == "exposure":
            return (self.dashboard_urn(node),)
        if not _has_relation(node):
            return (self.dbt_urn(node),)
        siblings = (self.target_urn(node), self.dbt_urn(node))
        return siblings if self.asset_platform == "target" else siblings[::-1]

    def dbt_urn(self, node: Node) -> str:
        """URN of the node's dataset on the platform dbt, the one its tests assert."""
        return self._dataset_urn(node, _DBT, self.platform_instance)

    def target_urn(self, node: Node) -> str:
        """URN of the node's dataset in the warehouse."""
        return self._dataset_urn(node, self.target_platform, self.target_platform_instance)

    def dashboard_urn(self, exposure: Node) -> str:
        """URN of an exposure's dashboard."""
        return mce_builder.make_dashboard_urn(_DBT, exposure.unique_id, self.platform_instance)

    def test_urns(self, test: Node, known: frozenset[str]) -> tuple[tuple[str, str], ...]:
        """The assertions DataHub keeps a test as; see the port.

        Of nodes that are `known`, each counts once; the guid names the node when there are several.

        Raises:
            KeyError: a known node is not of the project this naming is `within`.
        """
        upstream = [self.same_tables.get(node, node) for node in test.depends_on if node in known]
        tested = dict.fromkeys(upstream)
        return tuple(
            (
                self._assertion_urn(
                    test.unique_id, {"on_dbt_upstream": node} if len(tested) > 1 else {}
                ),
                self.dbt_urn(self.nodes[node]),
            )
            for node in tested
        )

    def source_freshness_urn(self, source: Node) -> str:
        """URN of the assertion DataHub's dbt source makes of a source's freshness."""
        return self._assertion_urn(f"{source.unique_id}_freshness", {})

    def own_assertion_urn(self, product: str, kind: str, asset: str) -> str:
        """URN of an assertion of ours: the promise of one kind a product makes on an asset."""
        parts = {"platform": _PLATFORM, "product": product, "kind": kind, "asset": asset}
        return mce_builder.make_assertion_urn(mce_builder.datahub_guid(parts))

    def domain_urn(self, domain: str) -> str:
        """URN of a domain given by URN or name."""
        return domain_urn(domain)

    def _name(self, node: Node) -> str:
        if node.resource_type == _SEMANTIC_MODEL:
            # It has no table of its own; its dataset on dbt is named by its unique id.
            return node.unique_id
        name = node.name
        if self.use_identifiers and node.identifier:
            name = node.identifier
        # The alias of a test is a hash that nobody can read.
        if node.alias is not None and node.resource_type != "test":
            name = node.alias
        database = node.database if self.include_database_name else None
        return ".".join(part for part in (database, node.schema, name) if part).replace('"', "")

    def _dataset_urn(self, node: Node, platform: str, instance: str | None) -> str:
        name = self._name(node)
        urn = mce_builder.make_dataset_urn_with_platform_instance(
            platform=platform,
            name=name.lower() if self.convert_urns_to_lowercase else name,
            platform_instance=instance,
            env=self.env,
        )
        whole = self.convert_urns_to_lowercase and self.lowercase_platform_instance
        return lowercase_dataset_urn(urn) if whole else urn

    def _assertion_urn(self, name: str, more: dict[str, str]) -> str:
        parts = {"platform": _DBT, "name": name, **more}
        if self.platform_instance is not None:
            parts["instance"] = self.platform_instance
        # PROD stays out of the guid: the assertions of old have none.
        if self.include_env_in_assertion_guid and self.env != mce_builder.DEFAULT_ENV:
            parts["env"] = self.env
        return mce_builder.make_assertion_urn(mce_builder.datahub_guid(parts))


def _has_relation(node: Node) -> bool:
    if node.resource_type in {"test", _SEMANTIC_MODEL}:
        return False
    return node.materialization != "ephemeral"


def data_product_urn(product: str) -> str:
    """URN of a data product given by id or URN."""
    return mce_builder.make_data_product_urn(product)


def product_id(urn: str) -> str:
    """The id of a data product.

    Raises:
        ValueError: the URN is of something else.
    """
    if not urn.startswith(_DATA_PRODUCT) or urn == _DATA_PRODUCT:
        raise ValueError(f"not the URN of a data product: {urn}")
    return urn[len(_DATA_PRODUCT) :]


def contract_urn(dataset: str) -> str:
    """URN of a dataset's contract, the same that DataHub's own contract files get."""
    return f"urn:li:dataContract:{mce_builder.datahub_guid({'entity': dataset})}"


def definition_urn(product: str) -> str:
    """URN of the platform resource that keeps a product's definition, given the product's id.

    The guid is the one of DataHub's `PlatformResourceKey`.
    """
    key = {
        "platform": _PLATFORM,
        "resource_type": "data-product-definition",
        "primary_key": data_product_urn(product),
    }
    return f"urn:li:platformResource:{mce_builder.datahub_guid(key)}"


def domain_urn(domain: str) -> str:
    """URN of a domain given by URN or name."""
    return mce_builder.make_domain_urn(domain)


def own_incident_urn(conversation: str) -> str:
    """URN of the incident we raise for an episode of one root, by the key of its conversation."""
    parts = {"platform": _PLATFORM, "conversation": conversation}
    return f"{_OWN_INCIDENT}{mce_builder.datahub_guid(parts)}"


def is_own_incident(urn: str) -> bool:
    """True for an incident that we raised."""
    return urn.startswith(_OWN_INCIDENT)


def structured_property_urn(name: str) -> str:
    """URN of a structured property given by its qualified name."""
    return f"urn:li:structuredProperty:{name}"


def owner_urn(owner: str) -> str:
    """URN of an owner given by id or URN, as in DataHub's product files: an id is a user's."""
    return mce_builder.make_user_urn(owner)


def tag_urn(tag: str) -> str:
    """URN of a tag given by name or URN."""
    return mce_builder.make_tag_urn(tag)


def term_urn(term: str) -> str:
    """URN of a glossary term given by name or URN."""
    return mce_builder.make_term_urn(term)


def ownership_type(type_: str) -> tuple[str, str | None]:
    """DataHub's ownership type and, for a type of one's own (given by URN), its URN.

    Raises:
        ValueError: it is neither one of DataHub's types nor the URN of one.
    """
    try:
        return mce_builder.validate_ownership_type(type_)
    except InvalidUrnError as wrong:
        raise ValueError(str(wrong)) from wrong


def dataset_name(urn: str) -> str:
    """A short name that people know, of an asset of any kind.

    The last part of a dataset's name, the id of a dashboard, the task of a data job; of a URN that
    cannot be read, all of it.
    """
    plain = _PLAIN_DATASET.fullmatch(urn)
    if plain is not None:
        # Most URNs by far, at a tenth of what reading them whole costs.
        return _short_name("dataset", plain[1], plain[2])
    try:
        asset = Urn.from_string(urn)
    except InvalidUrnError:
        return urn
    name = _ENCODED.sub(lambda found: unquote(found[0]), asset.entity_ids[:2][-1])
    return _short_name(asset.entity_type, asset.entity_ids[0].rpartition(":")[2], name)


def _short_name(entity_type: str, platform: str, name: str) -> str:
    if entity_type == "dataset" and "/" in name:
        return name.rstrip("/").rpartition("/")[2]
    # The dashboards of dbt are exposures, named by their unique ids.
    dotted = entity_type == "dataset" and platform not in _DOTTED_NAMES
    return name.rpartition(".")[2] if dotted or platform == _DBT else name
