"""Who users of the catalog are in Slack, found by their addresses of e-mail."""

import logging
import re
from collections.abc import Iterable

from datahub_dataproducts.adapters.slack.api import SlackApi, SlackFailed
from datahub_dataproducts.adapters.slack.faults import NOT_ALLOWED
from datahub_dataproducts.domain.messages import Block, Breaches, Facts
from datahub_dataproducts.domain.receipts import Retry

logger = logging.getLogger(__name__)

_USER = "urn:li:corpuser:"
# An answer decides what stands in our text: only what is an id of a user may.
_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
_MOST_NAMED = 10
_MOST_KEPT = 10_000


def named_in(blocks: Iterable[Block]) -> tuple[str, ...]:
    """URNs of the users that facts name, each once."""
    found: dict[str, None] = {}
    for block in blocks:
        facts = block.facts if isinstance(block, Facts) else ()
        breaches = block.breaches if isinstance(block, Breaches) else ()
        for fact in (*facts, *(one for breach in breaches for one in breach.facts)):
            found.update(dict.fromkeys(fact.people))
    return tuple(one for one in found if one.startswith(_USER))


class SlackPeople:
    """Looks people up, each once: by the address that is their name in the catalog.

    Args:
        api: of a token with the scope `users:read.email`; without it nobody is found, which is told
            once.
    """

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._known: dict[str, str] = {}
        self._may_look = True

    def called(self, people: Iterable[str], now: int) -> dict[str, str]:
        """By URN, the ids of those who can be found; an announcement never waits for the others."""
        found: dict[str, str] = {}
        for urn in list(people)[:_MOST_NAMED]:
            address = urn.removeprefix(_USER)
            if "@" not in address:
                continue
            try:
                id_ = self._known.get(address) or self._looked_up(address, now)
            except SlackFailed as failed:
                self._give_up(failed)
                break
            if id_:
                found[urn] = id_
        return found

    def _looked_up(self, address: str, now: int) -> str:
        """The id; empty for who is not there."""
        if not self._may_look or address in self._known:
            return ""
        try:
            answer = self._api.read("users.lookupByEmail", {"email": address}, now)
        except SlackFailed as failed:
            if failed.fault.word != "users_not_found":
                raise
            answer = {}
        user = answer.get("user")
        id_ = str(user.get("id", "")) if isinstance(user, dict) else ""
        if len(self._known) < _MOST_KEPT:
            self._known[address] = id_ if _ID.fullmatch(id_) else ""
        return self._known.get(address, "")

    def _give_up(self, failed: SlackFailed) -> None:
        """For this message where it may go better later, for good where it will not."""
        lasting = not isinstance(failed.fault.receipt, Retry) or failed.fault.word in NOT_ALLOWED
        if lasting and self._may_look:
            self._may_look = False
            logger.warning("people are named and not mentioned in Slack: %s", failed)
