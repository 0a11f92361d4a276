"""The pure domain: keys, records, formats, counting, summaries, reports. Imports no AWS."""
