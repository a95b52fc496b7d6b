"""Looking into a file of which nothing is known yet, so that a mapping can be proposed."""
