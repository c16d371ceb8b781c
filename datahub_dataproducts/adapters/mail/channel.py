"""E-mail as a channel."""

import logging
from collections.abc import Sequence

from datahub_dataproducts.adapters.mail.letter import Envelope, footer_of, mail_of, message_id
from datahub_dataproducts.adapters.mail.server import MailServer, Sent
from datahub_dataproducts.adapters.mail.template import BadTemplate, MailTemplate
from datahub_dataproducts.domain.durations import MINUTE
from datahub_dataproducts.domain.receipts import Delivered, Dispatch, Receipt, Refused, Retry

logger = logging.getLogger(__name__)

_PATIENCE = 30 * MINUTE


class MailChannel:
    """Sends each letter as a mail; those of a conversation are one thread.

    A mail that may have come before is sent again with the same `Message-ID`. Who was refused while
    others got it is told to the operator, once for each reason. Who was put off gets it later,
    alone; when this process ends in between, the others get it twice, with the same `Message-ID`.
    Who is put off for half an hour is told to the operator, and waited for no more until a mail is
    taken for them: a full mailbox keeps nobody else waiting.

    Args:
        server: where mails are handed in.
        envelope: from whom and to whom.
        template: of the HTML.
        is_technical: False: without technical details.
    """

    shows_latest = False

    def __init__(
        self,
        server: MailServer,
        envelope: Envelope,
        template: MailTemplate,
        *,
        is_technical: bool,
    ) -> None:
        self._server = server
        self._envelope = envelope
        self._template = template
        self._is_technical = is_technical
        self._plain_template = MailTemplate()
        self._told: set[str] = set()
        # Of each letter that somebody still waits for, who needs it no more, by its id.
        self._done: dict[str, set[str]] = {}
        # Since when nothing was taken for somebody (milliseconds), by address.
        self._put_off: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"MailChannel({self._server.host})"

    def post(self, dispatch: Dispatch) -> Receipt:
        """Send it once to those who have not got it."""
        own = message_id(dispatch.letter.id, self._envelope)
        done = self._done.get(own, set())
        missing = [one for one in self._envelope.recipients if one not in done]
        mail = mail_of(
            dispatch, self._envelope, self._html(dispatch), is_technical=self._is_technical
        )
        sent = self._server.send(self._envelope.sender, missing, mail)
        if isinstance(sent, Sent):
            return self._receipt(sent, own, done, missing, dispatch.at)
        if isinstance(sent, Retry) or not done:
            return sent
        # What was handed in for others is not to be handed in again for them.
        self._tell(f"not everybody is reached by mail: {sent.reason}")
        return self._delivered(own)

    def _receipt(
        self, sent: Sent, own: str, done: set[str], missing: Sequence[str], now: int
    ) -> Receipt:
        done = done | (set(missing) - sent.postponed.keys())
        if done <= sent.refused.keys():
            told = "; ".join(
                f"{one}: {why}" for one, why in {**sent.postponed, **sent.refused}.items()
            )
            return Retry(told) if sent.postponed else Refused(told)
        for one, why in sent.refused.items():
            self._tell(f"{one} is not reached by mail: {why}")
        for one in set(missing) - sent.postponed.keys():
            self._put_off.pop(one, None)
        awaited = {one: why for one, why in sent.postponed.items() if self._is_awaited(one, now)}
        if not awaited:
            for one, why in sent.postponed.items():
                self._tell(f"{one} is put off by mail all the time and not waited for: {why}")
            return self._delivered(own)
        self._done[own] = done
        return Retry("; ".join(f"{one}: {why}" for one, why in awaited.items()))

    def _is_awaited(self, one: str, now: int) -> bool:
        return now - self._put_off.setdefault(one, now) < _PATIENCE

    def _delivered(self, own: str) -> Delivered:
        self._done.pop(own, None)
        return Delivered(own)

    def _html(self, dispatch: Dispatch) -> str:
        footer = footer_of(dispatch, self._envelope)
        try:
            return self._template.html_of(
                dispatch.message, is_technical=self._is_technical, footer=footer
            )
        except BadTemplate as fault:
            self._tell(f"{fault}; our own template is used in its place")
            return self._plain_template.html_of(
                dispatch.message, is_technical=self._is_technical, footer=footer
            )

    def _tell(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            logger.warning("%s", words)
