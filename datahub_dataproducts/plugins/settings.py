"""Settings: what a recipe or the command line decides about one dbt project."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from datahub_dataproducts.domain.durations import DAY

PRODUCT_PATHS = ("data_products/**/*.yml", "data_products/**/*.yaml")
MANIFEST_PATH = "target/manifest.json"
DEFAULT_ENV = "PROD"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What is decided about one dbt project; names and defaults as in the recipe.

    Attributes:
        dbt_project_dir: folder of the dbt project; the other paths are relative to it.
        product_paths: patterns of product files.
        given_paths: patterns of those product files that were asked for by name; empty: all.
        manifest_path, run_results_path, sources_path: dbt's artifacts, paths or URIs.
        policy_path: the team's policy file; None: `data_products_policy.yml`, if it is there.
        corrections_path: the corrections of the history; None: `data_products_corrections.yml`, if it
            is there.
        observed_paths: run results of the past, to know how often results come.
        base: a git revision, to judge how products moved from stage to stage since.
        target_platform: what dbt loads into; None: what the manifest says.
        lowercase_platform_instance: whether the recipe itself says `convert_urns_to_lowercase`,
            which makes DataHub lower the platform instance too; as a default it does not.
        default_timezone: IANA name.
        expect_every: how often results must come where a contract does not say it, milliseconds;
            None: silence is green.
        write_semantics: `PATCH` or `OVERRIDE`.
        owner_keys: by ownership type, the keys of dbt's `meta` that count in place of the usual.
        owner_kinds: regular expressions for owners, with `corpuser` or `corpGroup`.

    The others are those of DataHub's dbt source.
    """

    dbt_project_dir: str = "."
    product_paths: tuple[str, ...] = PRODUCT_PATHS
    given_paths: tuple[str, ...] = ()
    manifest_path: str = MANIFEST_PATH
    catalog_path: str | None = None
    run_results_path: str | None = None
    sources_path: str | None = None
    policy_path: str | None = None
    corrections_path: str | None = None
    observed_paths: tuple[str, ...] = ()
    base: str | None = None
    target_platform: str | None = None
    target_platform_instance: str | None = None
    platform_instance: str | None = None
    env: str = DEFAULT_ENV
    convert_urns_to_lowercase: bool = True
    lowercase_platform_instance: bool = False
    use_identifiers: bool = False
    include_database_name: bool = True
    include_env_in_assertion_guid: bool = False
    drop_duplicate_sources: bool = True
    asset_platform: str = "target"
    default_timezone: str = "UTC"
    expect_every: int | None = 3 * DAY
    write_semantics: str = "PATCH"
    owner_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    owner_kinds: tuple[tuple[str, str], ...] = ()
    strip_user_ids_from_email: bool = False
    # They have secrets in them.
    aws_connection: Mapping[str, object] | None = field(default=None, repr=False)
    gcs_connection: Mapping[str, object] | None = field(default=None, repr=False)
