"""House defaults: what every stack's resources of a kind have in common."""
