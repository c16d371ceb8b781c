"""What operators and their tools see of the action: numbers for Prometheus, answers to probes."""
