"""Record linkage by a library: adapters that answer one question about two tables of descriptions."""
