"""What a map is made from: what its author wrote, and what the files say that it names."""
