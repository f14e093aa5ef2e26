"""A refresh and all that is asked of it: what came, what stands, what is new, what needs somebody."""
