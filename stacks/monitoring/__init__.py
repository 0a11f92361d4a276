"""What watches the pipeline: alarms, a dashboard, a budget."""
