"""How to talk to a publisher whom several sources share: addresses, paging, envelopes, symbols.

What belongs here is true of everything this publisher gives. What is true of one data set belongs in its source.
"""
