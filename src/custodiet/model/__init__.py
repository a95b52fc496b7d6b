"""The vocabulary: frozen values that check themselves when made. Standard library only."""
