"""How the world starts us: the only classes that know the DataHub frameworks."""
