"""The whole sheet: the ground, what of the data is in view, the bands and panels round it."""
