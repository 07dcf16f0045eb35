"""The one error of this floor: a picture, a file of data, a font or a tile that is of no use."""


class Unfit(ValueError):
    """Something that cannot be used; the message says what, and what to do next. Whoever knows the place adds it."""
