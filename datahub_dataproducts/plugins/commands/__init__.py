"""The commands of the command line: one module each, which is loaded when it is used."""
