"""Speed: every row timed in fresh processes, and only beside its proof."""
