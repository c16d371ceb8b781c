"""A mistake in one letter is that one's alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from datahub_dataproducts.application.deliver import Courier
from datahub_dataproducts.application.ports import CATALOG
from datahub_dataproducts.domain.durations import SECOND
from datahub_dataproducts.domain.letters import HealthPost, VerdictPost
from datahub_dataproducts.domain.receipts import Delivered, Dispatch, Receipt
from datahub_dataproducts.plugins.containment import ContainedCatalog, ContainedChannel
from tests.application.test_deliver import NEWS, NOW, POST
from tests.fakes import FakeCatalog, FakeChannel, store_in


class StumblingChannel(FakeChannel):
    """Fails for what it does not expect."""

    def post(self, dispatch: Dispatch) -> Receipt:
        if dispatch.message.subject == "odd":
            raise KeyError("sh0wn-nowhere")
        return super().post(dispatch)


class StumblingCatalog(FakeCatalog):
    def post(self, letter: HealthPost | VerdictPost) -> Receipt:
        if isinstance(letter, HealthPost) and letter.product == "odd":
            raise AttributeError("sh0wn-nowhere")
        return super().post(letter)


def test_a_mistake_in_one_letter_holds_up_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = store_in(tmp_path)
    with store.transaction() as book:
        book.send(CATALOG, "odd", replace(POST, product="odd"), NOW, replace=True)
        book.send("one", "k", replace(NEWS, text="odd"), NOW, replace=False)
        book.send("one", "l", replace(NEWS, product="users", text="fine"), NOW, replace=False)
        book.send("two", "k", NEWS, NOW, replace=False)
    catalog, one, two = StumblingCatalog(), StumblingChannel(), FakeChannel()
    channels = {"one": ContainedChannel("one", one), "two": ContainedChannel("two", two)}
    courier = Courier(store, ContainedCatalog(catalog), channels)
    done = courier.deliver(NOW)
    mistake = "it failed by a mistake of this program"
    assert done.postponed == (
        f"{CATALOG}: {mistake} (AttributeError)",
        f"one: {mistake} (KeyError)",
    )
    assert two.posts == [NEWS]
    courier.deliver(NOW + 2 * SECOND)
    assert one.texts == ["fine"]
    assert all(kept.reason.startswith(mistake) for kept in store.undelivered())
    assert len(store.undelivered()) == 2
    assert "A letter to one could not be sent" in caplog.text
    (again,) = [each for each in store.due_letters(NOW + 10 * SECOND, 9) if each.channel == "one"]
    assert again.is_uncertain
    store.close()


def test_what_goes_well_is_as_it_was() -> None:
    shown = FakeChannel(shows_latest=True)
    assert ContainedChannel("one", shown).shows_latest
    assert not ContainedChannel("one", FakeChannel()).shows_latest
    assert ContainedCatalog(FakeCatalog()).prepare() == Delivered()
