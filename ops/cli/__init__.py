"""The commands of `tally`: what each takes and prints, a module each.

What they do is in `ops/pipeline`.
"""
