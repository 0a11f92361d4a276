"""What Lambda tells a function of its call."""


class LambdaContext:
    """A call that has so many seconds left, and keeps them."""

    function_name = "function"
    aws_request_id = "1"

    def __init__(self, seconds=900):
        self.seconds = seconds

    def get_remaining_time_in_millis(self):
        return self.seconds * 1000
