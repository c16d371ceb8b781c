"""Telling people on the console: one line per announcement."""
