"""The formats, one module each.

To add one, write a module with a `FORMAT` (see `base.Format`): its name, its extensions, its magic
bytes if it is not text, and a function that counts the records of a `base.Source`. A text format
reads `source.blocks()`, which are decompressed already; another takes what it needs by
`source.read(start, length)`, as a parquet footer. What is wrong with a file is raised as
InvalidFile with a code. Then name the `FORMAT` in `registry.FORMATS`, and add a row to
`docs/formats.md`.
"""
