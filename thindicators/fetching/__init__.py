"""Asking publishers politely, and keeping the bytes that they answered with."""
