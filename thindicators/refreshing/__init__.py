"""A refresh and all that is asked of it: what came, what is published now, what is new, what needs somebody."""
