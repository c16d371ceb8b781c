"""Proposals: from a publication to what DataHub is told, pure and by subject."""
