"""Product files: YAML read with its places, and translated into product documents."""
