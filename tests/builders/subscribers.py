"""Who gets what is published to the topic of reports."""

import uuid


def subscriber(world, **attributes):
    """The URL of a queue that gets what is published to the topic of reports."""
    sqs, sns = world.client("sqs"), world.client("sns")
    url = sqs.create_queue(QueueName=f"subscriber-{uuid.uuid4().hex}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    topic = world.outputs["ReportTopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"], Attributes=attributes)
    return url
