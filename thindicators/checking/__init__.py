"""Whether figures may be published."""
