"""What can be asked of a deployed pipeline and done to it; prints nothing."""
