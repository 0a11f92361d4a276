"""Tally in virtual time: nothing lost, nothing counted twice, whatever goes wrong."""

import json
from unittest import mock

import pytest
from campaign import BrokenError, Campaign

SEEDS = range(12)
CALM = {}


@pytest.fixture
def begin():
    """Campaigns that are closed with the test: what still runs in them would be told of later."""
    begun = []

    def make(seed, **options):
        begun.append(Campaign(seed, **options))
        return begun[-1]

    yield make
    for each in begun:
        each.world.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_after_faults_redrives_and_midnights_every_object_version_is_accounted_for(begin, seed):
    campaign = begin(seed).run()
    assert sum(campaign.world.faults.values()) > 20
    assert len(campaign.uploads) > 20


def test_the_same_seed_is_the_same_run_event_for_event(begin):
    first, again, other = (begin(seed).run(days=1) for seed in (5, 5, 6))
    assert first.world.digest() == again.world.digest()
    assert first.world.log == again.world.log
    assert first.world.digest() != other.world.digest()


def test_large_files_are_counted_in_ranges_and_contracts_are_kept(begin):
    campaign = begin(3).run()
    told = [what for _, what, *rest in campaign.world.log for what in rest[:1]]
    assert told.count("CountRange") > told.count("MergeRanges") > 0
    codes = [
        json.loads(stored.body)["error"]["code"]
        for (_, key) in campaign.world.s3.objects
        if key.endswith(".rejected.json")
        for stored in [campaign.world.s3.find("ReportsBucket", key)]
    ]
    assert "CONTRACT_VIOLATION" in codes


def test_a_contract_that_is_not_kept_is_seen(begin):
    campaign = begin(3)
    campaign.world.wide = False  # the functions forget it, the campaign does not
    campaign.expected = lambda key, records: None if key.startswith("strict/") else records
    campaign.upload("strict/a.csv", 40)
    with pytest.raises(BrokenError, match="40, not None records"):
        campaign.run(days=1)


def test_a_rejection_without_its_message_is_seen(begin):
    def drop(machines):
        if "process_file" in machines:
            states = machines["process_file"]["States"]
            states["SendToDeadLetterQueue"] = {"Type": "Pass", "Next": "FileRejected"}

    campaign = begin(1, rates=CALM, change=drop)
    campaign.upload("a.csv", None)
    with pytest.raises(BrokenError, match="rejected without a message"):
        campaign.run(days=1)


def test_an_upload_that_is_swallowed_is_seen(begin):
    def swallow(machines):
        if "process_file" in machines:
            store = machines["process_file"]["States"]["StoreMetadata"]
            machines["process_file"]["States"]["StoreMetadata"] = {
                "Type": "Pass",
                "Comment": store["Comment"],
                "End": True,
            }

    campaign = begin(1, rates=CALM, change=swallow)
    campaign.upload("a.csv", 3)
    with pytest.raises(BrokenError, match="is lost"):
        campaign.run(days=1)


def test_a_plan_that_forgets_late_days_is_seen(begin):
    campaign = begin(1)
    with (
        mock.patch("functions.core.reporting.plan_report.late_days", return_value=[]),
        pytest.raises(BrokenError, match="the report of"),
    ):
        campaign.run()


def test_late_records_without_markers_are_seen(begin):
    """Seed 3 has a file that came after its report and went well: nothing else tells of it."""
    campaign = begin(3)
    with (
        mock.patch("functions.aws.late_records._mark"),
        pytest.raises(BrokenError, match="the report of"),
    ):
        campaign.run()


def test_a_record_that_came_while_its_report_was_made_is_in_the_next_one(begin):
    """What seeds 1 and 2 found: the listing was before it, the report was written after it."""
    for seed in (1, 2):
        begin(seed, wide=False).run()


def test_an_old_report_written_over_a_newer_one_by_a_redrive_is_put_right(begin):
    """What seed 130 of an earlier campaign found."""
    begin(130, wide=False).run()


def test_an_event_that_came_after_its_report_and_failed_is_in_a_report_once_it_is_redriven(begin):
    """What seeds 20020 and 20097 found: its day's report said that nothing was open."""
    begin(20020).run()


def test_a_file_that_is_counted_wrongly_is_seen(begin):
    campaign = begin(1, rates=CALM)
    key, version = campaign.upload("a.csv", 3)
    campaign.uploads[key, version].records = 4
    with pytest.raises(BrokenError, match="3, not 4 records"):
        campaign.run(days=1)


def test_a_success_that_is_taken_back_is_seen(begin):
    campaign = begin(1, rates=CALM)
    of = campaign.upload("a.csv", 3)
    campaign.settle()
    campaign.check()
    place = f"processed/date={campaign.uploads[of].date}/a.csv/v-v0.json"
    del campaign.world.s3.objects["ReportsBucket", place]
    with pytest.raises(BrokenError):
        campaign.check()
