"""Open standards: contracts read from ODCS; product files from and to ODPS, ODCS and OpenSLO."""
