"""The public pages: what a release shows to people.

`words` says how numbers, dates and periods are written, `charts` draws, `views` chooses what a page says of an
indicator, and `pages` makes the files. Nothing here knows the time of day or the release's own name, and a page of one
indicator depends on nothing but that indicator, so that it stays the same, byte for byte, until the indicator changes.
"""
