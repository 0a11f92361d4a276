"""`tally dlq` on a deployed pipeline."""


def test_a_message_that_nobody_understands_is_shown_and_stays(world, tally):
    world.clients.sqs.send_message(QueueUrl=world.deployment.queue_url, MessageBody="hello [b]")
    (group,) = tally("dlq", "--json").json
    assert (group["kind"], group["messages"][0]["message"]) == ("unknown", "hello [b]")
    assert tally("redrive").code == 1
    assert len(tally("dlq", "--json").json) == 1
