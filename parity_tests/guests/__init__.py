"""Real guests: other people's tools, and a homework, put to the judge."""
