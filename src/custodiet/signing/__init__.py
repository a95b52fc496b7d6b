"""Keys: the signature on checkpoints and the salts of commitments, kept apart from the data."""
