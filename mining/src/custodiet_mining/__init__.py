"""Mining of explanation templates from what nothing explains: separate from Custodiet, optional, and off unless allowed."""
