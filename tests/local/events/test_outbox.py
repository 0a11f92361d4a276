"""Deliveries that are owed: made once they are handed in, and made again until they are done."""

import pytest

from local.events.delivery import Delivery
from local.events.outbox import Outbox
from local.kept.database import Database

DELIVERY = Delivery(
    target_arn="arn:aws:states:us-east-1:123456789012:stateMachine:m",
    role_arn=None,
    body="{}",
    dead_letter_arn=None,
    origin=(("RULE_ARN", "any"),),
    tries=1,
)


@pytest.fixture
def database(tmp_path):
    made = Database(tmp_path / "world.sqlite3")
    yield made
    made.close()


def test_a_delivery_is_made_after_the_request_is_handed_in_that_it_comes_from(database):
    outbox, made = Outbox(database), []
    with database.transaction():
        outbox.add(DELIVERY, made.append)
        assert made == []
    assert list(outbox.owed()) == made
    outbox.done(*made)
    assert list(outbox.owed()) == []


def test_a_delivery_of_a_request_that_failed_is_neither_owed_nor_made(database):
    outbox, made = Outbox(database), []

    def failing():
        with database.transaction():
            outbox.add(DELIVERY, made.append)
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert (made, list(outbox.owed())) == ([], [])
