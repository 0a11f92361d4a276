"""The daily report: one document, shown in three forms."""
