"""A file's content without a file."""


class Memory:
    """Streamed in blocks of so many bytes; it remembers what was asked for beside the stream."""

    content_type = checksum = None
    metadata = {}  # noqa: RUF012 - nobody changes it

    def __init__(self, body, block=1 << 20):
        self.body, self.block, self.size = body, block, len(body)
        self.asked = []

    def blocks(self):
        return self.part(0, self.size)

    def read(self, start, length):
        self.asked.append((start, length))
        return self.body[start : start + length]

    def part(self, start, end):
        return (self.body[at : min(at + self.block, end)] for at in range(start, end, self.block))
