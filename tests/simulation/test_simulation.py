"""Tally in virtual time: nothing lost, nothing counted twice, whatever goes wrong."""

from unittest import mock

import pytest
from campaign import BrokenError, Campaign

SEEDS = range(12)
CALM = {}


@pytest.mark.parametrize("seed", SEEDS)
def test_after_faults_redrives_and_midnights_every_object_version_is_accounted_for(seed):
    campaign = Campaign(seed).run()
    assert sum(campaign.world.faults.values()) > 20
    assert len(campaign.uploads) > 20


def test_the_same_seed_is_the_same_run_event_for_event():
    first, again, other = (Campaign(seed).run(days=1) for seed in (5, 5, 6))
    assert first.world.digest() == again.world.digest()
    assert first.world.log == again.world.log
    assert first.world.digest() != other.world.digest()


def test_a_rejection_without_its_message_is_seen():
    def drop(machines):
        if "process_file" in machines:
            states = machines["process_file"]["States"]
            states["SendToDeadLetterQueue"] = {"Type": "Pass", "Next": "FileRejected"}

    campaign = Campaign(1, rates=CALM, change=drop)
    campaign.upload("a.csv", None)
    with pytest.raises(BrokenError, match="rejected without a message"):
        campaign.run(days=1)


def test_an_upload_that_is_swallowed_is_seen():
    def swallow(machines):
        if "process_file" in machines:
            store = machines["process_file"]["States"]["StoreMetadata"]
            machines["process_file"]["States"]["StoreMetadata"] = {
                "Type": "Pass",
                "Comment": store["Comment"],
                "End": True,
            }

    campaign = Campaign(1, rates=CALM, change=swallow)
    campaign.upload("a.csv", 3)
    with pytest.raises(BrokenError, match="is lost"):
        campaign.run(days=1)


def test_a_plan_that_forgets_late_days_is_seen():
    campaign = Campaign(1)
    with (
        mock.patch("functions.core.planning.late_days", return_value=[]),
        pytest.raises(BrokenError, match="the report of"),
    ):
        campaign.run()


def test_a_record_that_came_while_its_report_was_made_is_in_the_next_one():
    """What seeds 1 and 2 found: the listing was before it, the report was written after it."""
    Campaign(1).run()
    Campaign(2).run()


def test_an_old_report_written_over_a_newer_one_by_a_redrive_is_put_right():
    """What seed 130 of an earlier campaign found."""
    Campaign(130).run()


def test_a_file_that_is_counted_wrongly_is_seen():
    campaign = Campaign(1, rates=CALM)
    key, version = campaign.upload("a.csv", 3)
    campaign.uploads[key, version].records = 4
    with pytest.raises(BrokenError, match="3, not 4 records"):
        campaign.run(days=1)


def test_a_success_that_is_taken_back_is_seen():
    campaign = Campaign(1, rates=CALM)
    of = campaign.upload("a.csv", 3)
    campaign.settle()
    campaign.check()
    place = f"processed/date={campaign.uploads[of].date}/a.csv/v0.json"
    del campaign.world.s3.objects["ReportsBucket", place]
    with pytest.raises(BrokenError):
        campaign.check()
