"""What things mean: pure values and rules on the standard library; time is an argument."""
