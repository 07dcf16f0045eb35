"""Where labels stand, so that none covers another. Pure geometry, in pixels."""
