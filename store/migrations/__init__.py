"""Schema history, applied by `store.engine.migrate`."""
