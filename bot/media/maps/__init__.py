"""Maps drawn from data: what an author asked for (`spec`), what the data says (`reading`), and the picture (`drawing`)."""
