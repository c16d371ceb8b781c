"""Assets: what a product consists of, by whatever name its file gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from datahub_dataproducts.domain.documents import AssetRef, Marked, ProductDocument
from datahub_dataproducts.domain.findings import Findings
from datahub_dataproducts.domain.lookup import Miss
from datahub_dataproducts.domain.nodes import Node
from datahub_dataproducts.domain.products import Asset


@dataclass(frozen=True, slots=True)
class Found:
    """An asset with the dbt node behind it; None where the asset is given as a URN."""

    asset: Asset
    node: Node | None


class ProductAssets:
    """Resolves the assets of one product, telling once of each that is not found."""

    def __init__(self, find: Callable[[AssetRef], Found | Miss], findings: Findings) -> None:
        self._find = find
        self._findings = findings
        self._no_manifest_told = False
        self._missed: set[AssetRef] = set()

    def find(self, ref: Marked[AssetRef]) -> Found | None:
        """The asset a reference means; None where there is none, which is told then."""
        found = self._find(ref.value)
        if isinstance(found, Found):
            return found
        self._tell_miss(ref, found)
        return None

    def assets(self, refs: Sequence[Marked[AssetRef]]) -> tuple[Asset, ...]:
        """The assets, in the order of the file, each once."""
        assets: dict[str, Asset] = {}
        for ref in refs:
            found = self.find(ref)
            if found is None:
                continue
            if found.asset.urn in assets:
                message = f"{found.asset.name} is listed twice among the assets"
                self._findings.warn(ref.location, "repeated-asset", message, "take one of them out")
            else:
                assets[found.asset.urn] = found.asset
        return tuple(assets.values())

    def output_ports(
        self, document: ProductDocument, assets: tuple[Asset, ...] | None
    ) -> tuple[str, ...]:
        """URNs of the output ports, each of which must be an asset."""
        urns = {asset.urn for asset in assets or ()}
        ports: list[str] = []
        for ref in document.output_ports:
            found = self.find(ref)
            if found is None:
                continue
            if found.asset.urn in urns:
                ports.append(found.asset.urn)
            elif not document.wrong:
                # DataHub's own loader lets ports pass where there are no assets at all.
                tell = self._findings.error if assets else self._findings.warn
                message = f"the output port {ref.value} is not among the assets"
                remedy = "add it to assets:, or take it out of output_ports:"
                tell(ref.location, "output-port-not-an-asset", message, remedy)
        return tuple(dict.fromkeys(ports))

    def tell_strangers(self, document: ProductDocument, assets: tuple[Asset, ...] | None) -> None:
        """Warn of promises on what is not among the assets: allowed, but seldom meant."""
        urns = {asset.urn for asset in assets or ()}
        for promise in document.contract:
            found = self._find(promise.asset.value) if promise.asset else None
            if promise.asset and isinstance(found, Found) and found.asset.urn not in urns:
                message = (
                    f"the contract speaks of {found.asset.name}, which is not among the assets"
                )
                remedy = "add it to assets: if it belongs to the product"
                self._findings.warn(
                    promise.asset.location, "promise-on-other-asset", message, remedy
                )

    def _tell_miss(self, ref: Marked[AssetRef], miss: Miss) -> None:
        if ref.value in self._missed or (miss.code == "no-manifest" and self._no_manifest_told):
            return
        self._missed.add(ref.value)
        self._no_manifest_told |= miss.code == "no-manifest"
        self._findings.error(ref.location, miss.code, miss.message, miss.remedy)
