import pytest

from datahub_dataproducts.domain.placeholders import names_nobody


@pytest.mark.parametrize(
    "text",
    ["TBD", " todo ", "n/a", "None", "[owner]", "<name>", "{{ owner }}", "", "@", "-", "???",
     "urn:li:corpuser:TBD", "urn:li:corpGroup:", "@unknown"],
)  # fmt: skip
def test_a_placeholder_names_nobody(text: str) -> None:
    assert names_nobody(text)


@pytest.mark.parametrize(
    "text",
    ["ana", "@ana", "ana@example.com", "urn:li:corpuser:ana", "na-team", "Todor", "data [core]"],
)
def test_a_name_names_somebody(text: str) -> None:
    assert not names_nobody(text)
