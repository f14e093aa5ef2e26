"""What is written whole or not at all: files, sums of files, and the object store."""
