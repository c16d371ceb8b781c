"""Meters: what Prometheus reads of what happened."""

from prometheus_client import REGISTRY

from datahub_dataproducts.adapters.metrics.meters import PrometheusMeters
from datahub_dataproducts.application.metering import Levels, Role, Waiting
from datahub_dataproducts.domain.health import Health
from datahub_dataproducts.domain.receipts import Delivered, Refused, Retry

NOW = 1_772_514_000_000


def read(metric: str, pipeline: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(metric, {"pipeline_name": pipeline, **labels})


def test_events_and_evidence_are_counted_by_their_kind() -> None:
    meters = PrometheusMeters("kinds", "Kafka", ["finance"])
    meters.heard("A_v1")
    meters.heard("A_v1")
    meters.heard("B_v1")
    meters.set_aside("B_v1")
    meters.judged(is_new=True, lag=2500)
    meters.judged(is_new=False, lag=99_000)
    of_a = {"source": "Kafka", "event_type": "A_v1"}
    of_b = {"source": "Kafka", "event_type": "B_v1"}
    assert read("data_products_events_total", "kinds", **of_a) == 2
    assert read("data_products_events_total", "kinds", **of_b) == 1
    assert read("data_products_events_set_aside_total", "kinds", **of_b) == 1
    assert read("data_products_evidence_total", "kinds", outcome="applied") == 1
    assert read("data_products_evidence_total", "kinds", outcome="ignored") == 1
    # What is known already comes again after a restart, and is not late.
    assert read("data_products_event_lag_seconds", "kinds") == 2.5


def test_letters_are_counted_by_channel_and_what_became_of_them() -> None:
    meters = PrometheusMeters("letters", "Kafka", ["finance"])
    for receipt in (Delivered(), Delivered(), Refused("no"), Retry("down")):
        meters.posted("finance", receipt)
    found = {
        outcome: read(
            "data_products_letters_sent_total", "letters", channel="finance", outcome=outcome
        )
        for outcome in ("delivered", "refused", "retried")
    }
    assert found == {"delivered": 2, "refused": 1, "retried": 1}


def test_levels_are_those_of_the_last_look() -> None:
    meters = PrometheusMeters("levels", "Kafka", ["finance"])
    finance = {"channel": "finance"}
    waiting = Waiting(waiting=3, refused=1, oldest=NOW - 90_000)
    healths = {"revenue": Health.UNHEALTHY, "gone": Health.HEALTHY}
    meters.show(
        Levels(letters={"finance": waiting}, set_aside=2, healths=healths),
        ["revenue", "new"],
        NOW,
    )
    assert read("data_products_letters", "levels", state="waiting", **finance) == 3
    assert read("data_products_letters", "levels", state="refused", **finance) == 1
    assert read("data_products_letters_oldest_seconds", "levels", **finance) == 90
    assert read("data_products_set_aside", "levels") == 2
    by_health = {h.value: read("data_products_products", "levels", health=h.value) for h in Health}
    assert by_health == {"UNHEALTHY": 1, "UNKNOWN": 1, "AT_RISK": 0, "HEALTHY": 0}
    meters.show(Levels(), [], NOW)
    assert read("data_products_letters", "levels", state="waiting", **finance) == 0
    assert read("data_products_letters_oldest_seconds", "levels", **finance) == 0
    assert read("data_products_products", "levels", health="UNHEALTHY") == 0


def test_products_have_no_series_of_their_own_unless_that_is_wished() -> None:
    levels = Levels(healths={"revenue": Health.AT_RISK})
    PrometheusMeters("all", "Kafka", []).show(levels, ["revenue"], NOW)
    assert read("data_products_product_health", "all", product="revenue") is None
    meters = PrometheusMeters("each", "Kafka", [], per_product=True)
    meters.show(levels, ["revenue", "users"], NOW)
    assert read("data_products_product_health", "each", product="revenue") == 1
    assert read("data_products_product_health", "each", product="users") == 2
    meters.show(levels, ["users"], NOW)
    assert read("data_products_product_health", "each", product="revenue") is None


def test_who_works_and_who_stands_by_is_told_apart() -> None:
    meters = PrometheusMeters("roles", "Kafka", [])
    assert read("data_products_working", "roles") == 0
    assert read("data_products_role_info", "roles", role="starting") == 1
    meters.is_in(Role.STANDING_BY)
    assert read("data_products_working", "roles") == 0
    assert read("data_products_role_info", "roles", role="standing by") == 1
    meters.is_in(Role.WORKING)
    assert read("data_products_working", "roles") == 1
    assert read("data_products_role_info", "roles", role="standing by") is None


def test_transactions_and_questions_to_the_catalog_are_counted() -> None:
    meters = PrometheusMeters("others", "Kafka", [])
    with meters.transaction():
        pass
    meters.asked("products", answered=True)
    meters.asked("products", answered=False)
    assert read("data_products_transaction_seconds_count", "others") == 1
    for outcome in ("answered", "failed"):
        read_of = {"what": "products", "outcome": outcome}
        assert read("data_products_catalog_reads_total", "others", **read_of) == 1
