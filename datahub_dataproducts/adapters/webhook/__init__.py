"""The generic webhook: letters as signed CloudEvents, for programs."""
