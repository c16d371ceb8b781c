"""Recipe models: what a recipe may say, and what that means to the use cases."""

import re
from typing import Annotated, Any, Literal

from datahub.configuration.common import ConfigModel
from datahub.configuration.source_common import EnvConfigMixin, PlatformInstanceConfigMixin
from datahub.ingestion.source.state.stale_entity_removal_handler import (
    StatefulStaleMetadataRemovalConfig,
)
from datahub.ingestion.source.state.stateful_ingestion_base import StatefulIngestionConfigBase
from pydantic import AfterValidator, Field, field_validator

from datahub_dataproducts.adapters.datahub.urns import ownership_type
from datahub_dataproducts.domain.durations import parse_duration
from datahub_dataproducts.plugins.recipe_values import Timezone
from datahub_dataproducts.plugins.settings import MANIFEST_PATH, PRODUCT_PATHS, Settings


def _check_silence(text: str) -> str:
    if text != "never" and parse_duration(text) is None:
        raise ValueError("write a whole number with s, m, h, d or w, such as 3d, or never")
    return text


def _check_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as wrong:
        raise ValueError(f"it is no regular expression: {wrong}") from wrong
    return text


def _check_ownership_type(name: str) -> str:
    ownership_type(name)
    return name


OwnershipType = Annotated[str, AfterValidator(_check_ownership_type)]


class OwnerKindRule(ConfigModel):
    """What the owners are that a pattern matches."""

    match: Annotated[str, AfterValidator(_check_pattern)] = Field(
        description="A regular expression for the whole text, such as `.*-team`."
    )
    kind: Literal["corpuser", "corpGroup"] = Field(description="A user or a group.")


class DataProductsSourceConfig(
    StatefulIngestionConfigBase[StatefulStaleMetadataRemovalConfig],
    PlatformInstanceConfigMixin,
    EnvConfigMixin,
):
    """The recipe of the ingestion source `data-products`.

    Whatever changes a URN has the name and the default that DataHub's dbt source gives it, and
    wants the same value in both recipes.
    """

    dbt_project_dir: str = Field(
        default=".",
        description="Folder of the dbt project; the other paths are relative to it.",
    )
    product_paths: list[str] = Field(
        default=list(PRODUCT_PATHS),
        description="Where the product files are: patterns below the dbt project.",
    )
    manifest_path: str = Field(
        default=MANIFEST_PATH,
        description="dbt's manifest, plain or gzipped: a path or a URI (s3, gs, http, https). "
        "Products that consist of URNs do without.",
    )
    catalog_path: str | None = Field(
        default=None,
        description="dbt's catalog.json: columns and types of the warehouse are taken from it, "
        "where dbt's YAML does not say them.",
    )
    run_results_path: str | None = Field(
        default=None,
        description="dbt's run_results.json: the results of promised builds and of promised tests "
        "that were skipped are taken from it.",
    )
    sources_path: str | None = Field(
        default=None,
        description="dbt's sources.json, or freshness.json of dbt 2: the load times of tables are "
        "taken from it.",
    )
    policy_path: str | None = Field(
        default=None,
        description="The team's policy: what is asked of products at each stage. Default: "
        "`data_products_policy.yml` in the dbt project, if it is there.",
    )
    corrections_path: str | None = Field(
        default=None,
        description="What people know better of the history than the evidence. Default: "
        "`data_products_corrections.yml` in the dbt project, if it is there.",
    )
    target_platform: str = Field(
        description="The platform dbt loads into (snowflake, bigquery, duckdb, ...).",
    )
    target_platform_instance: str | None = Field(
        default=None,
        description="The platform instance of the warehouse's datasets.",
    )
    convert_urns_to_lowercase: bool = Field(
        default=True,
        description="Whether the names of dbt's datasets are in lower case.",
    )
    use_identifiers: bool = Field(
        default=False,
        description="Whether a source table is named by its identifier, if it has one.",
    )
    include_database_name: bool = Field(
        default=True,
        description="Whether the name of a dataset begins with its database.",
    )
    include_env_in_assertion_guid: bool = Field(
        default=False,
        description="Whether the environment is part of the URNs of dbt's tests.",
    )
    drop_duplicate_sources: bool = Field(
        default=True,
        description="Whether a source that is a model's table is that model.",
    )
    asset_platform: Literal["target", "dbt"] = Field(
        default="target",
        description="Which dataset an asset is: the warehouse's, or its sibling on dbt.",
    )
    default_timezone: Timezone = Field(
        default="UTC",
        description="Time zone of promises where neither they nor their product give one.",
    )
    default_expect_every: Annotated[str, AfterValidator(_check_silence)] = Field(
        default="3d",
        description="How often results must come where a contract does not say it; `never` makes "
        "silence green.",
    )
    write_semantics: Literal["PATCH", "OVERRIDE"] = Field(
        default="PATCH",
        description="Whether owners, tags, terms and links are added to those in the catalog, or "
        "replace them. DataHub Lite takes OVERRIDE only.",
    )
    owner_keys: dict[OwnershipType, list[str]] = Field(
        default={},
        description="By ownership type, the keys of dbt's `meta` that name owners, in place of the "
        "usual ones of that type; a dot leads into a mapping (`dagster.owners`), an empty list "
        "turns the type off.",
    )
    owner_kinds: list[OwnerKindRule] = Field(
        default=[],
        description="What an owner in dbt is: the first pattern that the whole text matches "
        "decides. Without one, `@handle` and e-mails are users, all else is a group.",
    )
    strip_user_ids_from_email: bool = Field(
        default=False,
        description="Whether users in dbt's `meta` are the local part of their e-mail.",
    )
    aws_connection: dict[str, Any] | None = Field(
        default=None,
        repr=False,
        description="How to reach s3, for artifacts there. Default: what boto3 finds by itself.",
    )
    gcs_connection: dict[str, Any] | None = Field(
        default=None,
        repr=False,
        description="The HMAC key for gs, for artifacts there.",
    )
    stateful_ingestion: StatefulStaleMetadataRemovalConfig | None = Field(
        default=None,
        description="Stateful ingestion: removes what left the repository.",
    )

    @field_validator("write_semantics", mode="before")
    @classmethod
    def _in_any_case(cls, value: object) -> object:
        # As DataHub's dbt source reads it.
        return value.upper() if isinstance(value, str) else value

    @field_validator("target_platform", mode="before")
    @classmethod
    def _given(cls, value: object) -> object:
        if value is None or (isinstance(value, str) and not value.strip()):
            raise ValueError(
                "it is empty: write the platform dbt loads into, such as snowflake or duckdb, or "
                "set the variable that the recipe takes it from (TARGET_PLATFORM)"
            )
        return value

    @field_validator("target_platform", mode="after")
    @classmethod
    def _not_dbt(cls, value: str) -> str:
        if value.lower() == "dbt":
            raise ValueError("write the platform dbt loads into, such as snowflake or duckdb")
        return value

    def settings(self) -> Settings:
        """What this recipe decides."""
        return Settings(
            dbt_project_dir=self.dbt_project_dir,
            product_paths=tuple(self.product_paths),
            manifest_path=self.manifest_path,
            catalog_path=self.catalog_path,
            run_results_path=self.run_results_path,
            sources_path=self.sources_path,
            policy_path=self.policy_path,
            corrections_path=self.corrections_path,
            target_platform=self.target_platform,
            target_platform_instance=self.target_platform_instance,
            platform_instance=self.platform_instance,
            env=self.env,
            convert_urns_to_lowercase=self.convert_urns_to_lowercase,
            # Written in its recipe, it makes DataHub lower the platform instance too; as the mere
            # default of its dbt source it does not.
            lowercase_platform_instance=self.convert_urns_to_lowercase
            and "convert_urns_to_lowercase" in self.model_fields_set,
            use_identifiers=self.use_identifiers,
            include_database_name=self.include_database_name,
            include_env_in_assertion_guid=self.include_env_in_assertion_guid,
            drop_duplicate_sources=self.drop_duplicate_sources,
            asset_platform=self.asset_platform,
            default_timezone=self.default_timezone,
            expect_every=parse_duration(self.default_expect_every),
            write_semantics=self.write_semantics,
            owner_keys={type_: tuple(keys) for type_, keys in self.owner_keys.items()},
            owner_kinds=tuple((rule.match, rule.kind) for rule in self.owner_kinds),
            strip_user_ids_from_email=self.strip_user_ids_from_email,
            aws_connection=self.aws_connection,
            gcs_connection=self.gcs_connection,
        )
