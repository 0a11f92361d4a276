"""Counting: bytes in, `Counted` out. Knows no upload, key, contract or record."""
