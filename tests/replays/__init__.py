"""Series of real runs whose replays and explanations are kept, for a reader to check by hand."""
