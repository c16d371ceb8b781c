"""What we do, step by step: use cases, and the ports they own."""
