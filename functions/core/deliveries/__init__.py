"""What a delivery lists of its files: manifests in the forms that senders write."""
