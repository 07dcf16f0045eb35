"""Maps and photos as each network can take them: threadbot's fitting beside three usual ways, by what can still be read."""
