"""How we talk to the world: one package per vendor, plain values in and out."""
