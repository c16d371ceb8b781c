"""Data products on DataHub: declared beside dbt models, published, watched and told."""
