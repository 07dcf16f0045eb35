"""Letters: the fonts of this machine, and lines of text measured and drawn with them."""
