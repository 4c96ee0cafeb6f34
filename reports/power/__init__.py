"""The power of the suite: what it would catch, and what it leaves alone."""
