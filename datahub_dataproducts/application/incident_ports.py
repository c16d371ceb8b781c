"""Ports of incidents: what the use cases ask of the world beside promises."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from datahub_dataproducts.domain.assertions import IncidentNotice
from datahub_dataproducts.domain.held_news import Acknowledgement


class IncidentBook(Protocol):
    """The part of the book that is of incidents."""

    def record_notice(self, notice: IncidentNotice) -> bool:
        """Keep a notice; False when it was known already."""
        ...

    def notices(self, subjects: Sequence[str]) -> list[IncidentNotice]:
        """All notices of incidents on some assets, with those of no asset of the same incidents."""
        ...

    def assets_of(self, incident: str) -> list[str]:
        """URNs of the assets that an incident was ever told to be on."""
        ...


class IncidentDirectory(Protocol):
    """The part of the catalog that is of incidents."""

    def incidents(
        self, assets: Sequence[str], open_: Mapping[str, Collection[str]], now: int
    ) -> tuple[IncidentNotice, ...]:
        """What the catalog knows of all incidents on some assets, open or not.

        Args:
            assets: URNs.
            open_: URNs of incidents that were open when last heard of, with those of the assets
                that they were on then; that they are so no more is told too.
            now: when those are over that are no more: nobody knows since when.

        Raises:
            Unavailable: the catalog cannot be read now.
        """
        ...


class CareDirectory(Protocol):
    """Where people say that they take care of incidents that were raised here."""

    def who_takes_care(self, conversations: Collection[str]) -> Mapping[str, Acknowledgement]:
        """What was said last of the incidents of some conversations, by key; what is not there is left out.

        Raises:
            Unavailable: the catalog cannot be read now.
        """
        ...
