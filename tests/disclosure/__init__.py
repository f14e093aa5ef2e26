"""Disclosure: small tables are enumerated, and a reader who knows the rule tries to work out what was withheld."""
