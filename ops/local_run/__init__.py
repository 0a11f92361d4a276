"""The main job: real files through the deployed pipeline on a loopback endpoint, to a report."""
