"""EventBridge and its Scheduler, as far as moto lacks them: targets, S3's events, the clock."""
