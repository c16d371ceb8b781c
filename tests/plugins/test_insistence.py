"""Asking again, ever more seldom, until it is there or for long enough."""

from datahub_dataproducts.plugins.insistence import Insistence


def test_what_is_not_there_is_asked_for_at_once_and_then_ever_more_seldom() -> None:
    insistence = Insistence(tick=10, patience=100)
    assert not insistence
    insistence.on(["a", "b"], 0)
    asked = []
    for now in range(200):
        if now == 0 or insistence.due(now):
            asked.append(now)
            insistence.heard(["a", "b"], now)
    assert asked == [0, 1, 11, 31, 71, 100]
    assert not insistence


def test_what_is_there_is_asked_for_no_more() -> None:
    insistence = Insistence(tick=10, patience=100)
    insistence.on(["a", "b"], 0)
    insistence.heard(["b", "c"], 0)
    assert insistence.due(5) == {"b"}
    assert insistence.due(5) == ()
    insistence.heard([], 5)
    assert not insistence
    assert insistence.due(50) == ()
