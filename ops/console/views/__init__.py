"""What the pages show, read from AWS and laid out; nothing here knows of HTTP or HTML."""
