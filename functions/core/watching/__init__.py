"""What the watcher makes of what it measured."""
