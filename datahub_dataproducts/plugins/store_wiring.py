"""Builds the store, for the action and for the command line."""

from datahub_dataproducts.adapters.datahub.definitions import read_definition, write_definition
from datahub_dataproducts.adapters.store.store import SqlHealthStore


def store_of(url: str) -> SqlHealthStore:
    """The store, not yet open."""
    return SqlHealthStore(url, write_definition, read_definition)
