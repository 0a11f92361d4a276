"""The operator's web page: every file, every execution and every report, on loopback.

Pages are HTML from the server; the little script in `static/` only fetches the same pages again.
So everything can be used with the script off, tested without a browser, and read as text.
"""
