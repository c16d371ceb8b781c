"""The revisions, one a layout; what they did once they do for ever.

To change the tables, change `schema.py`, raise its `VERSION`, and add `layout_NNNN.py` here with
the number before as `down_revision`. It uses Alembic's operations, the types of
`column_types.py`, and nothing of `schema.py`, which will have moved on. A test holds both ways to
the same layout, on each database.
"""
