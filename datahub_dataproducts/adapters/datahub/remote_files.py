"""Files in object stores and on web servers, read by what DataHub's dbt source reads them with.

Nothing that an exception says is passed on: boto3 and requests put addresses, and with them
signatures, into their messages.
"""

from collections.abc import Mapping

from botocore.exceptions import (  # type: ignore[import-untyped]
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
)
from datahub.ingestion.source.aws.aws_common import AwsConnectionConfig
from datahub.ingestion.source.common.gcs_connection_config import GCSConnectionConfig
from datahub.ingestion.source.common.object_store_files import read_file_as_bytes
from pydantic import ValidationError
from requests import RequestException
from requests.exceptions import ConnectionError as NotReached
from requests.exceptions import InvalidURL, SSLError, Timeout

from datahub_dataproducts.adapters.datahub.fetch_problems import missing, unreadable
from datahub_dataproducts.domain.problems import Problem

_TIMEOUT_SECONDS = 30
_CONNECTIONS = {
    "s3": "aws_connection",
    "s3a": "aws_connection",
    "s3n": "aws_connection",
    "gs": "gcs_connection",
}
_AGAIN = "try again, or see whether the address is right and can be reached from here"
_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    ProfileNotFound,
)
_TIMEOUTS = (Timeout, ConnectTimeoutError, ReadTimeoutError)
_NOT_REACHED = (NotReached, EndpointConnectionError)
_NOT_FOUND = {
    "NoSuchBucket": "there is no such bucket",
    "NoSuchKey": "the bucket has no such object",
}
_FORBIDDEN = frozenset({401, 403})
_NOTHING_THERE = frozenset({404, 410})


def read_remote(
    uri: str,
    aws_connection: Mapping[str, object] | None,
    gcs_connection: Mapping[str, object] | None,
) -> bytes | Problem:
    """The content of the file at an s3, gs or http URI, or why it cannot be had."""
    scheme = uri.partition("://")[0]
    try:
        aws = AwsConnectionConfig.model_validate(dict(aws_connection or {}))
        gcs = gcs_connection and GCSConnectionConfig.model_validate(dict(gcs_connection))
        return read_file_as_bytes(uri, aws, gcs or None, http_timeout_seconds=_TIMEOUT_SECONDS)
    except ValidationError as wrong:
        return _bad_connection(wrong, _CONNECTIONS.get(scheme, "aws_connection"))
    except (RequestException, BotoCoreError, ClientError) as failed:
        return _not_had(failed, scheme)
    except ValueError as failed:
        # In such a one DataHub wraps what boto3 raises.
        return _not_had(failed.__cause__ or failed, scheme)


def _not_had(failed: BaseException, scheme: str) -> Problem:
    connection = _CONNECTIONS.get(scheme)
    status, code = _answer(failed)
    said = f"{status}, {code}" if code else str(status)
    if status in _NOTHING_THERE or code in _NOT_FOUND:
        message = _NOT_FOUND.get(code, f"there is nothing here (the server answers {status})")
        return missing(message)
    if status in _FORBIDDEN or code == "AccessDenied":
        remedy = "if the URL is signed, its signature may have run out: sign it anew"
        if connection:
            remedy = f"check the keys in `{connection}`, and that they may read this object"
        return unreadable(f"the server refuses access ({said})", remedy)
    if status:
        return unreadable(f"the server answers {said}", _AGAIN)
    return _no_answer(failed, connection)


def _no_answer(failed: BaseException, connection: str | None) -> Problem:
    if isinstance(failed, _NO_CREDENTIALS):
        remedy = f"give them in `{connection}`, as in the recipe of DataHub's dbt source"
        return unreadable("no credentials were found", remedy)
    if isinstance(failed, _TIMEOUTS):
        return unreadable("the server did not answer in time", _AGAIN)
    if isinstance(failed, SSLError):
        return unreadable("the server's certificate cannot be verified", _AGAIN)
    if isinstance(failed, _NOT_REACHED):
        return unreadable("the server cannot be reached", _AGAIN)
    if isinstance(failed, ParamValidationError | InvalidURL):
        remedy = "write s3://bucket/path/manifest.json or https://host/path/manifest.json"
        return unreadable("this is no address of a file", remedy)
    return unreadable(f"it cannot be fetched ({type(failed).__name__})", _AGAIN)


def _answer(failed: BaseException) -> tuple[int, str]:
    """HTTP status and error code of the server's answer; 0 and empty where it gave none."""
    response = getattr(failed, "response", None)
    if isinstance(response, dict):
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return int(status), str(response.get("Error", {}).get("Code", ""))
    return int(getattr(response, "status_code", 0)), ""


def _bad_connection(wrong: ValidationError, connection: str) -> Problem:
    faults = wrong.errors(include_input=False, include_context=False, include_url=False)
    said = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
    return unreadable(
        f"`{connection}` is not as DataHub reads it: {said}",
        "write it as in the recipe of DataHub's dbt source",
    )
