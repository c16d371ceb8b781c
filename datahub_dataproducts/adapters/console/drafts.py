"""Drafts as lines of text: what is proposed, of what it consists, and why."""

from collections.abc import Iterable, Iterator

from datahub_dataproducts.domain.documents import AssetRef, ExposureRef, ModelRef, SourceRef
from datahub_dataproducts.domain.drafts import Draft

_SHOWN_ASSETS = 8


def drafts_as_text(drafts: Iterable[Draft]) -> str:
    """Each with its id, type and domain, its assets, its inputs and the reasons for it."""
    return "\n\n".join("\n".join(_told(draft)) for draft in drafts)


def _told(draft: Draft) -> Iterator[str]:
    yield f"{draft.id} ({draft.type.value.replace('_', ' ')}, domain {draft.domain})"
    names = [_named(ref) for ref in draft.assets]
    more = len(names) - _SHOWN_ASSETS
    yield f"  consists of {', '.join(names[:_SHOWN_ASSETS])}{f' and {more} more' * (more > 0)}"
    if draft.inputs:
        yield f"  is built on {', '.join(draft.inputs)}"
    yield f"  because {'; '.join(draft.reasons)}"


def _named(ref: AssetRef) -> str:
    if isinstance(ref, SourceRef):
        return f"source {ref.source}.{ref.table}"
    if isinstance(ref, ExposureRef):
        return f"exposure {ref.name}"
    if isinstance(ref, ModelRef):
        package = f"{ref.package}." if ref.package else ""
        return f"{package}{ref.name}{f' v{ref.version}' if ref.version else ''}"
    return str(ref)
