"""Several machines that share one store; optional."""
