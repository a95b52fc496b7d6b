"""What each system of the force hands over, in its own shape."""
