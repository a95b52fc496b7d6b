"""Cases: who may see what, and what the state of a matter allows."""
