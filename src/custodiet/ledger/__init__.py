"""The ledger's formats, its tree and its proofs: pure, and each with a plain reference that says what it means."""
