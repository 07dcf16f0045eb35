"""Floor 2. Doing: composing from files, the loop that publishes, and the alarm clock."""
