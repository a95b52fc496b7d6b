"""The sources that need more than a mapping: each reads its own formats and hands over accesses."""
