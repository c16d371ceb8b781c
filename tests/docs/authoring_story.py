"""The story of docs/authoring.md, told by running it: real commands on a real dbt project.

`python -m tests.docs.authoring_story` writes the page anew; a test holds it to what is printed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/authoring.md"
JAFFLE_SHOP = ROOT / "tests/data/jaffle_shop_duckdb"
BIN = Path(sys.executable).parent
RECIPE = """\
source:
  type: data-products
  config:
    target_platform: duckdb
    # DataHub Lite takes whole aspects only.
    write_semantics: OVERRIDE
    stateful_ingestion:
      enabled: true
      state_provider: {type: file, config: {filename: state.json}}
pipeline_name: jaffle_shop_products
sink:
  type: datahub-lite
  config: {type: sqlite, config: {file: catalog.db}}
"""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """Something somebody writes, where, and what it is an example of."""

    title: str
    file: str
    right: str
    wrong: str


ORDERS, CUSTOMERS = "data_products/orders.yml", "data_products/customers.yml"
OVERVIEW = "data_products/shop_overview.yml"
OVERVIEW_TEXT = """\
# yaml-language-server: $schema=product-file.schema.json
id: shop_overview
display_name: Shop overview
type: metric
domain: jaffle_shop
owners: [{id: ana, type: BUSINESS_OWNER}]
assets: ["urn:li:dashboard:(looker,dashboards.7)"]
inputs: [orders, customers]
objective: {target: 97%, window: 30d}
"""
MISTAKES = (
    Mistake(
        title="A name that dbt does not know",
        file=ORDERS,
        right="output_ports:\n  - ref('orders')\n",
        wrong="  - ref('stg_ordres')\noutput_ports:\n  - ref('orders')\n",
    ),
    Mistake(
        title="A key that does not exist",
        file=CUSTOMERS,
        right="objective:",
        wrong="objectives:",
    ),
    Mistake(
        title="A value that YAML's versions read differently",
        file=ORDERS,
        right='ready_by: "08:00"',
        wrong="ready_by: 8:00",
    ),
    Mistake(
        title="A word that may not stand there",
        file=CUSTOMERS,
        right="type: building_block",
        wrong="type: buildingblock",
    ),
    Mistake(
        title="A tab", file=CUSTOMERS, right="  - ref('customers')", wrong="\t- ref('customers')"
    ),
    Mistake(
        title="A test that dbt does not have",
        file=CUSTOMERS,
        right="    tests: all  # its dbt tests pass",
        wrong="    tests: {columns: [customer_id, lifetime_value]}",
    ),
    Mistake(
        title="An input that nobody declares",
        file=OVERVIEW,
        right="[orders, customers]",
        wrong="[order, customers]",
    ),
    Mistake(
        title="Inputs in a circle",
        file=CUSTOMERS,
        right="lifecycle: development",
        wrong="inputs: [shop_overview]\nlifecycle: development",
    ),
    Mistake(
        title="An input that dbt knows nothing of, and a promise that it cannot keep",
        file=CUSTOMERS,
        right="lifecycle: development",
        wrong="inputs: [orders]\nlifecycle: development",
    ),
    Mistake(
        title="An objective that its inputs do not allow",
        file=OVERVIEW,
        right="target: 97%",
        wrong="target: 99.9%",
    ),
    Mistake(
        title="A target that is unclear",
        file=OVERVIEW,
        right="target: 97%",
        wrong="target: 0.97",
    ),
    Mistake(
        title="A live product that nobody answers for",
        file=ORDERS,
        right="  - {id: ben, type: TECHNICAL_OWNER}  # who mends it?\n",
        wrong="",
    ),
    Mistake(
        title="A live product without a promise of freshness",
        file=ORDERS,
        right='    freshness: {ready_by: "08:00", timezone: Europe/Amsterdam}\n',
        wrong="",
    ),
)
DRAFT_OF_OWNERS = """\
# owners:
  # - {id: urn:li:corpuser:..., type: BUSINESS_OWNER}  # who says what it must show?
  # - {id: urn:li:corpuser:..., type: TECHNICAL_OWNER}  # who mends it?
"""
OWNERS = """\
owners:
  - {id: ana, type: BUSINESS_OWNER}  # who says what it must show?
  - {id: ben, type: TECHNICAL_OWNER}  # who mends it?
"""
DRAFT_OF_LIFECYCLE = (
    "lifecycle: development  # `live` is the promise: then people are told when it is not healthy"
)
DRAFT_OF_TYPE = "type: metric  # used by the business; `building_block` is used by other products"
DRAFT_OF_RUNBOOK = (
    "# runbook: https://...  # what to do when it is not healthy; a live product has one"
)
DRAFT_OF_OBJECTIVE = (
    "# objective: {target: 99%, window: 30d}  # how much of the time is it to be healthy?"
)
DRAFT_OF_FRESHNESS = '# freshness: {ready_by: "08:00", timezone: Europe/Amsterdam, days: MON-FRI}'
FILLED_IN = (
    (ORDERS, DRAFT_OF_TYPE, "type: building_block"),
    (ORDERS, DRAFT_OF_OWNERS, OWNERS),
    (ORDERS, DRAFT_OF_LIFECYCLE, "lifecycle: live"),
    (ORDERS, DRAFT_OF_RUNBOOK, "runbook: https://wiki.example.com/orders"),
    (ORDERS, DRAFT_OF_OBJECTIVE, "objective: {target: 99%, window: 30d}"),
    (ORDERS, DRAFT_OF_FRESHNESS, 'freshness: {ready_by: "08:00", timezone: Europe/Amsterdam}'),
    (CUSTOMERS, DRAFT_OF_TYPE, "type: building_block"),
    (CUSTOMERS, DRAFT_OF_OWNERS, OWNERS),
    (CUSTOMERS, DRAFT_OF_OBJECTIVE, "objective: {target: 98%, window: 30d}"),
    (CUSTOMERS, DRAFT_OF_FRESHNESS, 'freshness: {ready_by: "07:30", timezone: Europe/Amsterdam}'),
)


@dataclass
class Teller:
    """Runs commands in a dbt project and keeps what a reader sees of it, as Markdown."""

    folder: Path
    told: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """A paragraph or heading."""
        self.told.append(text)

    def run(
        self, command: str, *, exit_codes: tuple[int, ...] = (0,), shown_as: str = "text"
    ) -> None:
        """Run a command and show it with what it prints.

        Raises:
            RuntimeError: it ended otherwise than said.
        """
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env={
                **os.environ,
                "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
                "DATAHUB_TELEMETRY_ENABLED": "false",
                "NO_COLOR": "1",
            },
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode not in exit_codes:
            raise RuntimeError(
                f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}"
            )
        self.told.append(f"```sh\n{command}\n```")
        printed = done.stdout.rstrip("\n")
        if printed:
            self.told.append(f"```{shown_as}\n{printed}\n```")

    def show(self, file: str) -> None:
        """What is in a file."""
        text = (self.folder / file).read_text(encoding="utf-8").rstrip("\n")
        self.told.append(f"`{file}`:\n\n```yaml\n{text}\n```")

    def change(self, file: str, right: str, wrong: str) -> None:
        """Write something else into a file."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        if right not in text:
            raise RuntimeError(f"{file} has no {right!r}")
        path.write_text(text.replace(right, wrong, 1), encoding="utf-8")


def story(folder: Path) -> str:
    """The whole page."""
    project = folder / "jaffle_shop"
    (project / "target").mkdir(parents=True)
    (project / "dbt_project.yml").write_text("name: jaffle_shop\n", encoding="utf-8")
    shutil.copy(JAFFLE_SHOP / "manifest.json.gz", project / "target/manifest.json")
    (project / "recipe.yml").write_text(RECIPE, encoding="utf-8")
    teller = Teller(project)
    for chapter in (_beginning, _filling_in, _mistakes, _first_plan, _second_plan, _owners):
        chapter(teller)
    return "\n\n".join(teller.told) + "\n"


def _beginning(teller: Teller) -> None:
    teller.say("# From a dbt project to data products, in ten minutes")
    teller.say(
        "You know dbt and have never seen DataHub. Below is what you type and what you see, on "
        "dbt's own example, the jaffle shop. A test runs it all; nothing here is made up."
    )
    teller.say(
        "A *data product* is a set of tables, dashboards and the like that somebody answers for, "
        "with promises: by when it is ready, which tests pass. The words are explained in the "
        "[reference of the product file](yaml-reference.md), every problem in "
        "[problems](problems.md)."
    )
    teller.say("## Begin with what dbt says")
    teller.say(
        "In the folder of the dbt project, after `dbt parse` (or any run) has made "
        "`target/manifest.json`. Without `--yes` it asks which of them to write."
    )
    teller.run("datahub-dataproducts init --yes")
    teller.show(ORDERS)
    teller.say("## Check")
    teller.run("datahub-dataproducts validate")
    teller.say("A warning stops nothing: it says what is still missing.")


def _filling_in(teller: Teller) -> None:
    teller.say("## Fill in what dbt cannot know")
    teller.say(
        "Who answers for it, by when it must be ready, how much of the time. *Orders* goes live, so "
        "it gets a runbook. A third product is what the business looks at: a dashboard that dbt does "
        "not know, given by its URN in DataHub, which rests on the other two. With the editor's YAML "
        "plugin you are helped and checked while you type: `init` wrote the schema too."
    )
    for file, right, wrong in FILLED_IN:
        teller.change(file, right, wrong)
    (teller.folder / OVERVIEW).write_text(OVERVIEW_TEXT, encoding="utf-8")
    for file in (ORDERS, CUSTOMERS, OVERVIEW):
        teller.show(file)
    teller.run("datahub-dataproducts validate")


def _mistakes(teller: Teller) -> None:
    teller.say("## When something is wrong")
    teller.say(
        "All mistakes are told at once, each with its place and what to do. Here they are made one "
        "by one, and mended again after each."
    )
    for mistake in MISTAKES:
        teller.say(f"### {mistake.title}")
        file = teller.folder / mistake.file
        kept = file.read_text(encoding="utf-8")
        teller.change(mistake.file, mistake.right, mistake.wrong)
        teller.run("datahub-dataproducts validate", exit_codes=(0, 1))
        file.write_text(kept, encoding="utf-8")
    teller.say("What a code means, with an example, is told by:")
    teller.run("datahub-dataproducts problem input-cycle")


def _first_plan(teller: Teller) -> None:
    teller.say("## See what merging would change")
    teller.say(
        "`plan` compares with a catalog and changes nothing. The catalog may be a DataHub server "
        "(`--catalog https://datahub.example.com/gms`) or, as here, a file of DataHub Lite, its "
        "embedded sibling, which is empty so far. The recipe is that of the ingest:"
    )
    teller.show("recipe.yml")
    teller.run("datahub-dataproducts plan --recipe recipe.yml")
    teller.say("Then publish. What this prints is DataHub's own report.")
    teller.run("datahub ingest -c recipe.yml > ingest.log 2>&1")
    teller.run("datahub-dataproducts plan --recipe recipe.yml")


def _second_plan(teller: Teller) -> None:
    teller.say("## Change something")
    teller.say(
        "*Orders* is to be ready an hour earlier, is mended by a team now, and promises fewer tests; "
        "the overview is not to be published any more."
    )
    teller.change(ORDERS, 'ready_by: "08:00"', 'ready_by: "07:00"')
    teller.change(ORDERS, "{id: ben, type", "{id: urn:li:corpGroup:data-platform, type")
    teller.change(
        ORDERS, "    tests: all  # its dbt tests pass", "    tests: {columns: [order_id]}"
    )
    (teller.folder / OVERVIEW).unlink()
    teller.run("datahub-dataproducts plan --recipe recipe.yml")
    teller.say(
        "The same as a comment on a pull request ([how to set that up](ci.md)), here as the "
        "Markdown that is printed:"
    )
    teller.run(
        "datahub-dataproducts plan --recipe recipe.yml --format markdown", shown_as="markdown"
    )


def _owners(teller: Teller) -> None:
    teller.say("## Who answers for what")
    teller.run("datahub-dataproducts owners", exit_codes=(1,))
    teller.say(
        "It ends with exit code 1 when a live product, or an asset of one, lacks an owner, so that "
        "a nightly job can say so."
    )


def paragraphs(text: str) -> Iterator[str]:
    """The parts of a page, for a difference that can be read."""
    yield from text.split("\n\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        PAGE.write_text(story(Path(work)), encoding="utf-8")
