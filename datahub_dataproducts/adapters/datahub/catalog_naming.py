"""Catalog naming: everything a publication needs named, without a server."""

from dataclasses import dataclass

from datahub_dataproducts.adapters.datahub.urns import DbtNaming, dataset_name, owner_urn


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogNaming(DbtNaming):
    """The URNs of dbt nodes, and those of owners and assets of any kind."""

    def owner_urn(self, owner: str) -> str:
        """URN of an owner given by URN, or of the user of that name."""
        return owner_urn(owner)

    def short_name(self, urn: str) -> str:
        """What people call the asset with a URN."""
        return dataset_name(urn)
