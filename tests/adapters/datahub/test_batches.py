"""Reading much from a server that is busy, slow, or has something that nobody can read."""

import logging
import threading

import pytest
from datahub.ingestion.graph.client import DataHubGraph

from datahub_dataproducts.adapters.datahub.batches import BatchReader, batches
from datahub_dataproducts.application.ports import Unavailable
from tests.integration.gms.answers import Answer
from tests.integration.gms.server import Gms
from tests.integration.gms.service import proposal_of

URNS = [f"urn:li:dataProduct:p{number:02d}" for number in range(64)]
ASPECT = "dataProductProperties"
BATCH_GET = "POST /openapi/v3/entity/dataProduct/batchGet"


@pytest.fixture
def gms(gms: Gms) -> Gms:
    proposals = [proposal_of(urn, ASPECT, {"name": urn[-3:]}) for urn in URNS]
    gms.service.ingest(proposals, wait=True)
    return gms


@pytest.fixture
def reader(graph: DataHubGraph) -> BatchReader:
    return BatchReader(graph, waits=(0.01, 0.01))


def read(reader: BatchReader, at_once: int = 16) -> list[str]:
    return [urn for urn, _ in reader.entities(URNS, [ASPECT], what="products", at_once=at_once)]


def test_a_batch_is_one_request_and_what_the_server_lacks_is_left_out(
    reader: BatchReader, gms: Gms
) -> None:
    more = [*URNS, "urn:li:dataProduct:other"]
    found = [urn for urn, _ in reader.entities(more, [ASPECT], what="products", at_once=65)]
    assert found == URNS
    assert gms.asked == [BATCH_GET]
    assert list(reader.entities([], [ASPECT], what="products")) == []


def test_each_thing_that_is_asked_for_is_a_step_of_the_work(graph: DataHubGraph, gms: Gms) -> None:
    beats: list[int] = []
    reader = BatchReader(graph, waits=(0.01, 0.01), beat=lambda: beats.append(len(gms.asked)))
    gms.switches.answer(Answer(503), Answer(503), route="batchGet")
    assert read(reader, at_once=32) == URNS
    # Before each of four requests and after it, those that had to be repeated too.
    assert beats == [0, 1, 1, 2, 2, 3, 3, 4]
    assert reader.urns("dataProduct") == URNS
    assert len(beats) == 8 + 2 + len(URNS)


@pytest.mark.parametrize("status", [413, 500, 504, 408])
def test_a_batch_that_is_too_much_is_halved_until_the_server_takes_it(
    reader: BatchReader, gms: Gms, status: int
) -> None:
    gms.switches.answer(Answer(status), route="batchGet")
    assert read(reader, at_once=64) == URNS
    assert gms.asked == [BATCH_GET] * 3


def test_one_entity_that_is_too_large_is_told(reader: BatchReader, gms: Gms) -> None:
    gms.switches.answer(Answer(413), route="batchGet", times=99)
    with pytest.raises(Unavailable, match="413"):
        read(reader)


@pytest.mark.parametrize(
    "busy", [Answer(429, headers={"Retry-After": "0"}), Answer(503), Answer(502)]
)
def test_where_the_server_is_busy_in_the_middle_it_is_read_on_from_there(
    reader: BatchReader, gms: Gms, busy: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    found = []
    for urn, _ in reader.entities(URNS, [ASPECT], what="products", at_once=16):
        found.append(urn)
        if len(found) == 32:
            gms.switches.answer(busy, busy)
    assert found == URNS
    assert len(gms.asked) == 4 + 2
    assert "It is read on in 0.01 s: DataHub answers" in caplog.text


def test_who_asks_to_wait_long_is_waited_for_by_whoever_asked(
    reader: BatchReader, gms: Gms
) -> None:
    gms.switches.answer(Answer(503, headers={"Retry-After": "3600"}))
    with pytest.raises(Unavailable, match="503"):
        read(reader)
    assert len(gms.asked) == 1


def test_nobody_waits_for_a_server_once_the_action_stops(graph: DataHubGraph, gms: Gms) -> None:
    stopping = threading.Event()
    stopping.set()
    gms.switches.answer(Answer(503))
    with pytest.raises(Unavailable, match="503"):
        read(BatchReader(graph, stopping, waits=(60.0,)))


def test_a_server_that_stays_busy_is_told(reader: BatchReader, gms: Gms) -> None:
    gms.switches.answer(Answer(503), times=99)
    with pytest.raises(Unavailable, match=r"^DataHub answers 503"):
        read(reader)
    assert len(gms.asked) == 3


def test_what_is_not_allowed_is_asked_for_once(reader: BatchReader, gms: Gms) -> None:
    gms.switches.answer(Answer(403), times=99)
    with pytest.raises(Unavailable, match="privileges"):
        read(reader)
    assert len(gms.asked) == 1


def test_what_nobody_can_read_is_left_out_and_the_others_are_read(
    reader: BatchReader, gms: Gms, caplog: pytest.LogCaptureFixture
) -> None:
    for urn in (URNS[5], URNS[40]):
        gms.damage(urn, ASPECT, {"assets": "none"})
    assert read(reader) == [urn for urn in URNS if urn not in {URNS[5], URNS[40]}]
    assert reader.left_out == {URNS[5], URNS[40]}
    assert f"DataHub's {URNS[5]} cannot be read and is left out" in caplog.text
    # By halves: four batches, and two for each halving of sixteen, twice.
    assert len(gms.asked) == 4 + 2 * 9


def test_a_server_of_which_nothing_can_be_read_is_no_datahub(reader: BatchReader, gms: Gms) -> None:
    gms.switches.answer(Answer(200, body='{"hello": 1}'), times=999)
    with pytest.raises(Unavailable, match="check its address"):
        read(reader)
    gms.switches.answer_truly()
    gms.switches.answer(Answer(200, body="[]"), times=9)
    with pytest.raises(Unavailable, match="check its address"):
        reader.sources("ContractFor", URNS)
    with pytest.raises(Unavailable, match="check its address"):
        reader.urns("dataProduct")


def test_how_far_it_has_come_is_told_every_few_seconds(
    graph: DataHubGraph, caplog: pytest.LogCaptureFixture
) -> None:
    seconds = iter(range(100))
    reader = BatchReader(graph, now=lambda: next(seconds) * 1_000)
    with caplog.at_level(logging.INFO):
        assert read(reader, at_once=4) == URNS
    told = [line for line in caplog.messages if line.startswith("Reading from DataHub")]
    assert told == [f"Reading from DataHub: {done} of 64 products" for done in (20, 40, 60)]


def test_what_points_at_many_is_read_page_by_page(reader: BatchReader, gms: Gms) -> None:
    gms.switches.page = 3
    tables = [
        f"urn:li:dataset:(urn:li:dataPlatform:postgres,shop.public.t{n},PROD)" for n in range(7)
    ]
    for number, table in enumerate(tables):
        contract = f"urn:li:dataContract:c{number}"
        gms.put(contract, "dataContractProperties", {"entity": table})
    found = reader.sources("ContractFor", [*tables, "urn:li:dataset:none"])
    assert found == {table: [f"urn:li:dataContract:c{n}"] for n, table in enumerate(tables)}


def test_batches_are_as_long_as_is_said() -> None:
    assert [len(batch) for batch in batches(URNS, 30)] == [30, 30, 4]
