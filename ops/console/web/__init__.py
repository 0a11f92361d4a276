"""What every page of the console needs: its context, its templates, its access control."""
