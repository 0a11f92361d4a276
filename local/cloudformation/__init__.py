"""What moto's CloudFormation lacks for our templates, each as a model where moto looks for one."""
