"""One module a page, named as its URL and its template."""
