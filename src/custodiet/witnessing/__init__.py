"""Witnessing over the network: the witness's server, the log's client, and time-stamping authorities."""
