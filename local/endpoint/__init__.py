"""AWS on loopback: one HTTP endpoint for all the services that the pipeline uses."""
