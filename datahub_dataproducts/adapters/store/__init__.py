"""The store of health: SQLAlchemy Core on SQLite, one writer at a time, durable at each commit."""
