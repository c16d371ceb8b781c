"""dbt's artifacts read as plain values: nodes, runs and loads."""
