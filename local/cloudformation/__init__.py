"""What moto's CloudFormation lacks for our templates, each as a model where moto looks for one."""

from local.moto_patches.cloudformation import import_quickly

import_quickly()
