"""From stored facts to context: standing facts, who held an account, survivors of merges, watermarks. Pure queries."""
