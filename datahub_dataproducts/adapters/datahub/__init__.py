"""The one door to DataHub: its types and its URNs are made and read in this package alone."""
