"""One row is one figure: its columns, periods, tables, limits, and small numbers that are withheld."""
