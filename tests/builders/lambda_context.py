"""What Lambda tells a function of its call."""


class LambdaContext:
    """A call that has so many seconds left, and keeps them."""

    function_name = "function"
    aws_request_id = "1"
    memory_limit_in_mb = "256"
    invoked_function_arn = "arn:aws:lambda:us-east-1:111111111111:function:function"

    def __init__(self, seconds=900, version="$LATEST"):
        self.seconds = seconds
        self.function_version = version

    def get_remaining_time_in_millis(self):
        return self.seconds * 1000
