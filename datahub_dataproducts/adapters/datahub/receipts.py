"""What an answer of DataHub's server, or none, means for a post. Pure; no secret in any reason."""

import re

from datahub.configuration.common import GraphError, OperationalError
from requests import RequestException, Response
from requests.exceptions import InvalidJSONError

from datahub_dataproducts.domain.answers import NO_REASON, Answer, failure_of
from datahub_dataproducts.domain.receipts import Refused, Retry

NO_GMS = "DataHub does not answer as it should; check its address"
_LONGEST_REASON = 300
_SILENT = "DataHub cannot be reached or does not answer in time"
_REMEDIES = {
    401: "it does not accept the token; give a valid one",
    403: "it does not allow this; give the token's user the privileges for it",
}
_NO_TOKEN = {**_REMEDIES, 401: "it asks for a token, and none is given"}
_CREDENTIALS = re.compile(r"(?<=//)[^/@\s]+@|(?i:bearer|basic)\s+\S+")


def receipt_of(error: GraphError | RequestException, secret: str | None) -> Retry | Refused:
    """Whether to try again, by the status of the answer; without one, yes."""
    response = response_of(error)
    if response is None:
        told = isinstance(error, InvalidJSONError) or not isinstance(
            error, OperationalError | RequestException
        )
        return Retry(NO_GMS if told else _SILENT)
    answer = Answer(
        status=response.status_code, retry_after=response.headers.get("Retry-After", "")
    )
    words = _told(error, secret)
    # No clock is asked for this: a wait that is a date counts as none.
    return failure_of(
        answer, who="DataHub", now=None, remedies=_REMEDIES if secret else _NO_TOKEN, told=words
    )


def response_of(error: BaseException) -> Response | None:
    """The answer behind an error of the client, None when there was none."""
    cause = error if isinstance(error, RequestException) else error.__cause__
    return cause.response if isinstance(cause, RequestException) else None


def _told(error: GraphError | RequestException, secret: str | None) -> str:
    """The server's own sentence, without the values it may repeat from our request's headers."""
    told = error.info.get("message") if isinstance(error, OperationalError) else None
    if not isinstance(told, str) or not told:
        return NO_REASON
    if isinstance(error.__cause__, RequestException) and told == str(error.__cause__):
        # requests' own sentence, which has nothing but the address.
        return NO_REASON
    if secret:
        told = told.replace(secret, "***")
    return " ".join(_CREDENTIALS.sub("***", told).split())[:_LONGEST_REASON]
