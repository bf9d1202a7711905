"""Schema migrations: `kkb serve` and `kkb load` bring a store to head by themselves."""
