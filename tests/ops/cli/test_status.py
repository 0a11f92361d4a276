"""`tally status` on a deployed pipeline."""

from tests.builders.uploads import lines


def test_the_status_counts_an_upload_in_its_equation(world, tally):
    before = tally("status", "--json").json["day"]
    world.upload("status/a.csv", lines(1))
    world.upload("status/b.csv", b"")
    after = tally("status", "--json").json
    day = after["day"]
    assert day["processed"] == before["processed"] + 1
    assert day["rejected"] == before["rejected"] + 1
    assert day["received"] == sum(
        day[part] for part in ("processed", "rejected", "failed", "in_flight")
    )
    assert after["queue_depth"] == 1
    assert "received =" in tally("status").out
