"""Faults of jsonata-python 0.7, mended: each with its case in tests/local/asl/jsonata.

What is right is what jsonata 2.0.6, the JavaScript implementation, answers. A part of this goes
when the library has mended its own.
"""
