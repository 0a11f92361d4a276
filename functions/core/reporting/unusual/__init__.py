"""What is unusual of a day, against the reports of the days before it."""
