"""What the council hands in: the file, its rows, which of them stand, and what is published of them."""
