"""`convert` as people run it."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from datahub_dataproducts.plugins.cli import main
from tests.plugins.commands.projects import example_project

STANDARDS = Path(__file__).parents[2] / "data/open_standards"
ODPS = STANDARDS / "odps_bitol"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = example_project(tmp_path / "shop")
    monkeypatch.chdir(folder)
    return folder


def convert(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["convert", *map(str, arguments)])


def validate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["validate", *map(str, arguments)])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def replaced(contract: Iterable[str], folder: Path) -> None:
    """Product files that promise what contract files say, in place of their own words."""
    for file in sorted(folder.glob("*.yml")):
        text = file.read_text(encoding="utf-8")
        paths = [f"../contracts/{name}" for name in contract if name.startswith(f"{file.stem}-")]
        own = text[: text.index("contract:")]
        file.write_text(f"{own}contract: {{odcs: [{', '.join(paths)}]}}\n", encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [[], ["--from", "odps", "--to", "odcs"], ["--from", "odps"], ["--to", "odcs", "nowhere.yml"]],
)
def test_what_is_asked_for_wrongly_is_exit_code_2(project: Path, arguments: list[str]) -> None:
    done = convert(*arguments)
    assert done.exit_code == 2
    assert "Error: " in done.output


def test_the_help_teaches_every_direction() -> None:
    text = convert("--help").output
    ways = ("from odps FILE", "from odcs FILE", "to odps", "to odcs", "to openslo")
    assert all(f"\n  --{way}" in text for way in ways), "each on a line of its own"
    assert "Exit code 0: converted; 1: something could not be read" in " ".join(text.split())


def test_a_product_of_odps_is_printed_and_what_has_no_place_is_told_apart(tmp_path: Path) -> None:
    done = convert("--from", "odps", ODPS / "simple-data-product.odps.yaml")
    assert done.exit_code == 0
    assert done.stdout.startswith("# A data product, converted from ODPS.\n")
    assert "id: 064c4630-8aad-4dc0-ba95-0f69940e6b18\n" in done.stdout
    assert "064c4630-8aad-4dc0-ba95-0f69940e6b18.yml: ODPS gives no domain" in done.stderr


def test_products_of_odps_are_written_and_their_form_is_right(project: Path) -> None:
    shutil.rmtree("data_products")
    done = convert("--from", "odps", *sorted(ODPS.iterdir()), "--output-dir", "data_products")
    assert (done.exit_code, len(names(Path("data_products")))) == (0, 2)
    # Nothing but that this dbt project has no such models.
    found = validate()
    assert found.output.count("error[unknown-model]") == found.output.count("error[") == 4


def test_contracts_and_products_given_together_are_named(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert convert("--to", "odps", "--output-dir", out).exit_code == 0
    Path("contracts").mkdir()
    contract = "contracts/c.odcs.yaml"
    source = (STANDARDS / "odcs_bitol/schema/table-column.odcs.yaml").read_text(encoding="utf-8")
    Path(contract).write_text(source, encoding="utf-8")
    product = Path("p.odps.yaml")
    product.write_text(
        "{apiVersion: v1.0.0, kind: DataProduct, id: p, status: draft, domain: d, outputPorts: "
        "[{name: fct_revenue, version: '1', contractId: 53581432-6c55-4ba2-a65f-72344a91553b}], "
        "inputPorts: [{name: u, version: '1', contractId: users.dim_users}]}",
        encoding="utf-8",
    )
    done = convert(
        "--from",
        "odps",
        product,
        contract,
        out / "users.odps.yaml",
        "--output-dir",
        "data_products",
    )
    assert done.exit_code == 0
    text = Path("data_products/p.yml").read_text(encoding="utf-8")
    assert "contract:\n- odcs: ../contracts/c.odcs.yaml\n  asset: ref('fct_revenue')\n" in text
    assert "inputs:\n- users\n" in text


def test_a_file_that_cannot_be_read_is_told_and_the_rest_is_converted(tmp_path: Path) -> None:
    broken, empty = tmp_path / "broken.yaml", tmp_path / "empty.yaml"
    broken.write_text("kind: DataProduct\n", encoding="utf-8")
    empty.touch()
    done = convert("--from", "odps", broken, empty, ODPS / "simple-data-product.odps.yaml")
    assert done.exit_code == 1
    assert "id: 064c4630-8aad-4dc0-ba95-0f69940e6b18\n" in done.stdout
    assert "broken.yaml:1:1: error[contract-file-form]: `apiVersion` is not given" in done.stderr
    assert "error[empty-file]" in done.stderr


def test_a_file_with_very_many_faults_is_told_as_one(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    keys = "\n".join(f"k{n}: 1" for n in range(600))
    broken.write_text(f"kind: DataProduct\n{keys}\n", encoding="utf-8")
    done = convert("--from", "odps", broken)
    assert done.exit_code == 1
    assert "error[too-many-problems]" in done.stderr


@pytest.mark.parametrize("target", ["odps", "odcs", "openslo"])
def test_products_go_out_alike_every_time(project: Path, target: str) -> None:
    first, second = convert("--to", target), convert("--to", target)
    assert (first.exit_code, first.stderr) == (0, "")
    assert first.stdout == second.stdout
    assert first.stdout.count("---\n") == {"odps": 3, "odcs": 8, "openslo": 3}[target]


def test_only_what_was_asked_for_goes_out(project: Path, tmp_path: Path) -> None:
    for target in ("odps", "odcs", "openslo"):
        done = convert("--to", target, "data_products/users.yml", "--output-dir", tmp_path / "out")
        assert done.exit_code == 0
    assert names(tmp_path / "out") == [
        "users-app-users.odcs.yaml",
        "users-dim-users.odcs.yaml",
        "users.odps.yaml",
        "users.openslo.yaml",
    ]


def test_products_that_went_out_as_odcs_promise_the_same_by_those_files(project: Path) -> None:
    before = convert("--to", "odcs").stdout
    assert convert("--to", "odcs", "--output-dir", "contracts").exit_code == 0
    replaced(names(Path("contracts")), Path("data_products"))
    assert "error" not in validate().output
    assert convert("--to", "odcs").stdout == before


def test_products_that_went_out_as_odps_come_back_and_are_right(project: Path) -> None:
    before = convert("--to", "odps").stdout
    assert convert("--to", "odps", "--output-dir", "out").exit_code == 0
    shutil.rmtree("data_products")
    back = convert(
        "--from", "odps", *sorted(Path("out").iterdir()), "--output-dir", "data_products"
    )
    assert (back.exit_code, back.stderr) == (0, "")
    assert validate().exit_code == 0
    assert convert("--to", "odps").stdout == before


def test_a_product_without_an_objective_is_told_to_have_no_slo(project: Path) -> None:
    Path("data_products/users.yml").write_text("id: users\ndomain: d\n", encoding="utf-8")
    done = convert("--to", "openslo", "data_products/users.yml")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "users: it has no objective, so there is no SLO of it\n"


@pytest.mark.parametrize("target", ["odps", "odcs", "openslo"])
def test_a_product_with_an_error_is_told_and_left_out(project: Path, target: str) -> None:
    Path("data_products/users.yml").write_text("id: users\nasset: [x]\n", encoding="utf-8")
    done = convert("--to", target)
    assert done.exit_code == 1
    assert "data_products/users.yml:1:1: error[missing-value]: `domain` is not given" in done.stderr
    assert "activation" in done.stdout
    assert "id: users" not in done.stdout


def test_a_contract_file_that_is_missing_is_told_where_it_is_named(project: Path) -> None:
    Path("data_products/users.yml").write_text(
        "id: users\ndomain: d\ncontract: {odcs: none.yaml}\n", encoding="utf-8"
    )
    done = validate("data_products/users.yml")
    assert done.exit_code == 1
    assert (
        "data_products/users.yml:3:18: error[bad-contract-file]: the contract file "
        "data_products/none.yaml: there is no such file"
    ) in done.output


def product_of(id_: str) -> str:
    return f"{{apiVersion: v1.0.0, kind: DataProduct, id: '{id_}', status: draft, domain: d}}"


def test_no_id_leads_out_of_the_folder_and_none_overwrites_another(tmp_path: Path) -> None:
    for number, id_ in enumerate(["../../evil", "a.b", "a-b", "a/b", "a-b-2"]):
        (tmp_path / f"{number}.odps.yaml").write_text(product_of(id_), encoding="utf-8")
    out = tmp_path / "x/y/out"
    done = convert("--from", "odps", *sorted(tmp_path.glob("*.yaml")), "--output-dir", out)
    assert done.exit_code == 0
    assert names(out) == ["a-b-2.yml", "a-b-3.yml", "a-b-4.yml", "a-b.yml", "evil.yml"]
    ids = {
        path.read_text(encoding="utf-8").split("id: ")[1].split("\n")[0] for path in out.iterdir()
    }
    assert ids == {"../../evil", "a.b", "a-b", "a/b", "a-b-2"}


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(product_of("a"), encoding="utf-8")
    done = convert("--from", "odps", file, "--output-dir", file / "below")
    assert done.exit_code == 2
    assert "Error: cannot write to " in done.output


def test_what_is_wrong_in_a_contract_is_told_for_the_products_that_name_it(project: Path) -> None:
    Path("contracts").mkdir()
    Path("contracts/c.yaml").write_text("kind: DataContract\n", encoding="utf-8")
    for name in ("users", "attribution"):
        text = f"id: {name}\ndomain: d\ncontract: {{odcs: ../contracts/c.yaml}}\n"
        Path(f"data_products/{name}.yml").write_text(text, encoding="utf-8")
    assert validate("data_products/users.yml").output.count("contracts/c.yaml:1:1: error") == 1
    assert validate("data_products/activation.yml").output.count("contracts/c.yaml") == 0
    assert validate().output.count("contracts/c.yaml:1:1: error") == 2


def test_a_contract_becomes_a_product_that_promises_what_it_says(project: Path) -> None:
    shutil.rmtree("data_products")
    Path("contracts").mkdir()
    source = STANDARDS / "datacontract_cli/examples__orders__orders.odcs.yaml"
    text = source.read_text(encoding="utf-8").replace(
        "orders\n    physicalName", "fct_orders\n    physicalName"
    )
    Path("contracts/orders.odcs.yaml").write_text(text, encoding="utf-8")
    done = convert("--from", "odcs", "contracts/orders.odcs.yaml", "--output-dir", "data_products")
    assert (done.exit_code, names(Path("data_products"))) == (
        0,
        ["datacontract-checkout-orders.yml"],
    )
    made = Path("data_products/datacontract-checkout-orders.yml").read_text(encoding="utf-8")
    assert "contract:\n- odcs: ../contracts/orders.odcs.yaml\n" in made
    assert "assets:\n- ref('orders')\n- ref('line_items')\n" in made
    assert "Support: orders-data" in made


def test_what_is_no_contract_is_told_and_the_rest_is_converted(tmp_path: Path) -> None:
    broken, empty, many = (tmp_path / name for name in ("broken.yaml", "empty.yaml", "many.yaml"))
    head = "kind: DataContract\napiVersion: v3.1.0\n"
    broken.write_text(
        f"{head}id: a\nversion: '1'\nstatus: a\nteam: {{members: [{{}}]}}\n", encoding="utf-8"
    )
    empty.write_text("# nothing\n", encoding="utf-8")
    many.write_text(head + "".join(f"k{n}: 1\n" for n in range(600)), encoding="utf-8")
    done = convert(
        "--from", "odcs", broken, empty, many, *sorted((STANDARDS / "odcs_bitol").rglob("*.yaml"))
    )
    assert done.exit_code == 1
    assert "broken.yaml" in done.stderr
    assert "error[empty-file]" in done.stderr
    assert "error[too-many-problems]" in done.stderr
    assert done.stdout.count("# A data product, converted from ODCS.") == 12


@pytest.mark.parametrize("standard", ["odps", "odcs"])
def test_what_is_no_text_or_no_yaml_is_told(tmp_path: Path, standard: str) -> None:
    broken, binary = tmp_path / "broken.yaml", tmp_path / "binary.yaml"
    broken.write_text("a: [", encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\x00")
    done = convert("--from", standard, broken, binary)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "error[not-yaml]" in done.stderr
    assert "error[not-utf-8]" in done.stderr
