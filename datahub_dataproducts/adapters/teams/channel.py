"""Microsoft Teams by the webhook of a workflow: it can post, and neither edit nor look nor reply."""

from datahub_dataproducts.adapters.teams.cards import card_of, envelope
from datahub_dataproducts.adapters.web import Address
from datahub_dataproducts.domain.answers import Answer, receipt_of
from datahub_dataproducts.domain.receipts import Dispatch, Receipt, Retry

# With a charset named, Teams counts the bytes as they are.
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}
_REMEDIES = {
    400: "it does not take the card",
    401: "the workflow asks who posts; let anyone start it",
    403: "the workflow may not be started so; let anyone start it",
    404: "the workflow is gone; make another webhook",
    410: "the workflow is gone; make another webhook",
    413: "it takes no message as large as this",
}
_FAILED = "Webhook message delivery failed"


class TeamsChannel:
    """Posts each letter of a conversation as a card of its own, details below.

    Args:
        address: of the webhook.
        is_technical: whether its readers are shown details.
    """

    shows_latest = False

    def __init__(self, address: Address, *, is_technical: bool) -> None:
        self._address = address
        self._is_technical = is_technical

    def __repr__(self) -> str:
        return f"TeamsChannel({self._address.host})"

    def post(self, dispatch: Dispatch) -> Receipt:
        """Tell it below what was told before. 202 is all that a workflow says: it has begun."""
        card = card_of(
            dispatch.message, is_technical=self._is_technical, is_second=dispatch.is_uncertain
        )
        answer = self._address.post(envelope(card), _HEADERS)
        return answer if isinstance(answer, Retry) else self._receipt(answer, dispatch.at)

    def _receipt(self, answer: Answer, now: int) -> Receipt:
        who = self._address.who
        # A webhook of the older kind answers 200 to what Teams has refused it.
        if answer.told.startswith(_FAILED):
            return Retry(f"{who} answers that Teams did not take it")
        return receipt_of(answer, who=who, now=now, remedies=_REMEDIES)
