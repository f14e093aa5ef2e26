"""The documents: the parts of them that are made from the code, and tests that all of them are true."""
