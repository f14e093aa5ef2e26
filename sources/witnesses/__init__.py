"""One module for each witness: what to ask another publisher of the same figures, and how to read its file.

What such a module promises stands in `thindicators.parsing.modules`. Asking all of them, and remembering what came,
belongs in `thindicators.refreshing.witnessing`; comparing in `thindicators.comparing.witnesses`.
"""
