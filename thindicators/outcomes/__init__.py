"""The newest good figures of each indicator: its parts, its readings, and figures that are held."""
