"""Floor 3. The faces: commands, and what they print."""
