"""How things look: themes, and the shapes that areas, lines and points become."""
