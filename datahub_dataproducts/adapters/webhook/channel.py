"""The generic webhook as a channel."""

from collections.abc import Sequence

from datahub_dataproducts.adapters.web import Address
from datahub_dataproducts.adapters.webhook.event import CONTENT_TYPE, event_of
from datahub_dataproducts.adapters.webhook.signature import signed_headers
from datahub_dataproducts.domain.answers import receipt_of
from datahub_dataproducts.domain.durations import SECOND
from datahub_dataproducts.domain.letter_marks import mark_of
from datahub_dataproducts.domain.receipts import Dispatch, Receipt, Retry


class WebhookChannel:
    """Posts each letter as a CloudEvent, signed if there is a key.

    What may have come before comes again with the same id, so that the receiver can tell.

    Args:
        address: where to.
        source: who sends, a URI reference; with it the ids of events are unique.
        keys: to sign with; see `signed_headers`.
        authorization: the header of this name, empty: none is sent.
        is_technical: False: without technical details.
        secrets: what the receiver was given besides, and must never be shown.
    """

    shows_latest = False

    def __init__(
        self,
        address: Address,
        *,
        source: str,
        keys: Sequence[bytes] = (),
        authorization: str = "",
        is_technical: bool = True,
        secrets: Sequence[str] = (),
    ) -> None:
        self._address = address
        self._source = source
        self._keys = tuple(keys)
        self._authorization = authorization
        self._is_technical = is_technical
        self._secrets = (*secrets, authorization)

    def __repr__(self) -> str:
        return f"WebhookChannel({self._address.host})"

    def post(self, dispatch: Dispatch) -> Receipt:
        """Post it once."""
        mark = mark_of(dispatch.letter.id, self._source)
        body = event_of(dispatch, mark=mark, source=self._source, is_technical=self._is_technical)
        headers = {
            "Content-Type": CONTENT_TYPE,
            **signed_headers(mark, dispatch.at // SECOND, body, self._keys),
        }
        if self._authorization:
            headers["Authorization"] = self._authorization
        answer = self._address.post(body, headers)
        if isinstance(answer, Retry):
            return answer
        told = self._address.shown(answer.told, *self._secrets)
        return receipt_of(answer, who=self._address.who, now=dispatch.at, told=told)
