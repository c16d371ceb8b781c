"""dbt's artifacts by URI, as DataHub's own dbt source takes them.

The same schemes, the same libraries and the same connections in the recipe: `s3://` by boto3 with
`aws_connection`, `gs://` by its S3-compatible door with `gcs_connection`, `http(s)://` by requests.
"""

from collections.abc import Mapping

from datahub_dataproducts.adapters.datahub.fetch_problems import unreadable
from datahub_dataproducts.domain.problems import Problem

_SCHEMES = frozenset({"s3", "s3a", "s3n", "gs", "http", "https"})


class ArtifactFiles:
    """Fetches what is at a URI; whatever goes wrong is one problem without a secret in it."""

    def __init__(
        self,
        aws_connection: Mapping[str, object] | None = None,
        gcs_connection: Mapping[str, object] | None = None,
    ) -> None:
        """The connections are as in the recipe of DataHub's dbt source.

        Without `aws_connection` the credentials are those that boto3 finds by itself.
        """
        self._aws_connection = aws_connection
        self._gcs_connection = gcs_connection

    def fetch(self, uri: str) -> bytes | Problem:
        """The content of the file at `uri`, or why it cannot be had; the problem has no place."""
        scheme, _, rest = uri.partition("://")
        scheme = scheme.lower()
        if scheme not in _SCHEMES:
            return unreadable(
                f"DataHub's dbt source reads nothing from {scheme}://",
                "use a local file, s3://, gs://, http:// or https://",
            )
        if scheme == "gs" and self._gcs_connection is None:
            return unreadable(
                "no credentials for gs:// are given",
                "give an HMAC key in `gcs_connection`, as in the recipe of DataHub's dbt source",
            )
        try:
            # boto3 and requests come with what DataHub's dbt source needs. Who reads files needs
            # neither, and does not wait for their import.
            from datahub_dataproducts.adapters.datahub.remote_files import (  # noqa: PLC0415
                read_remote,
            )
        except ImportError as missing:
            return unreadable(
                f"{scheme}:// needs the library {missing.name}, which is not installed",
                "run `pip install 'acryl-datahub[dbt]'`",
            )
        return read_remote(f"{scheme}://{rest}", self._aws_connection, self._gcs_connection)
