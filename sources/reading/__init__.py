"""Files read strictly, whatever publisher they are from."""
