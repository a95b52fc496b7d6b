"""Explanation: templates as data, what they mean (reference), how they run (compiler), and the sentences they make."""
