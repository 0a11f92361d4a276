"""Files too large for one call: counted in byte ranges, merged to what a whole reading finds.

Every range of a file works out for itself which text is its own: from the first boundary at or
after its start to the first at or after its end (`boundaries`). So the texts of all ranges, one
after the other, are the file. What a range knows of its text is a value that merges with the next
range's, in any grouping (`rows`, `text`); `work` puts both together.
"""
