"""What is published now of each indicator: its ledger and what follows from it, its parts, and figures that are held."""
