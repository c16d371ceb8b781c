"""A long comparison of random histories with what the words say of them: `make soak`."""
