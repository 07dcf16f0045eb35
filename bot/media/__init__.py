"""Floor 1. Pictures: opened with suspicion, cleaned of what identifies, brought within a network's limits."""
