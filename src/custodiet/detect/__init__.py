"""Detection: features of episodes, and the signals that a pack reads in them."""
