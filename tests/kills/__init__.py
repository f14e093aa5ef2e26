"""Kills: a publish is killed at random moments, and every time a whole release must be left."""
