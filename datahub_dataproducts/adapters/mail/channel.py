"""E-mail as a channel."""

import logging

from datahub_dataproducts.adapters.mail.letter import Envelope, footer_of, mail_of, message_id
from datahub_dataproducts.adapters.mail.server import MailServer, Sent
from datahub_dataproducts.adapters.mail.template import BadTemplate, MailTemplate
from datahub_dataproducts.domain.receipts import Delivered, Dispatch, Receipt, Retry

logger = logging.getLogger(__name__)


class MailChannel:
    """Sends each letter as a mail; those of a conversation are one thread.

    A mail that may have come before is sent again with the same `Message-ID`. Who was refused while
    others got it is told to the operator, once for each reason. Who was put off gets it later,
    alone; when this process ends in between, the others get it twice, with the same `Message-ID`.

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
        # Of the letter that is under way, who needs it no more; letters come one after another.
        self._under_way = ""
        self._done: set[str] = set()

    def __repr__(self) -> str:
        return f"MailChannel({self._server.host})"

    def post(self, dispatch: Dispatch) -> Receipt:
        """Send it once to those who have not got it."""
        own = message_id(dispatch.letter.id, self._envelope)
        if self._under_way != own:
            self._under_way, self._done = own, set()
        missing = [one for one in self._envelope.recipients if one not in self._done]
        mail = mail_of(
            dispatch, self._envelope, self._html(dispatch), is_technical=self._is_technical
        )
        sent = self._server.send(self._envelope.sender, missing, mail)
        if not isinstance(sent, Sent):
            # What was handed in for others is not to be handed in again for them.
            return (
                sent
                if not self._done or isinstance(sent, Retry)
                else self._given_up(sent.reason, own)
            )
        for who, why in sent.refused.items():
            self._tell(f"{who} is not reached by mail: {why}")
        self._done |= set(missing) - set(sent.postponed)
        if sent.postponed:
            return Retry("; ".join(f"{who}: {why}" for who, why in sent.postponed.items()))
        return Delivered(own)

    def _given_up(self, reason: str, own: str) -> Delivered:
        self._tell(f"not everybody is reached by mail: {reason}")
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
