"""Tally in virtual time: nothing lost, nothing counted twice, whatever goes wrong."""

from collections import Counter
from unittest import mock

import pytest
from campaign import DAY, HOUR, LONG, SLOW, TOO_SLOW, BrokenError, Campaign
from field_rules import FLAVORS
from planted import PLANTED, planted
from whole_report import stem

from functions.core.counting.deadline import NO_DEADLINE

SEEDS = (*range(6), 8)
CALM = {}
NOTICED = {
    "the duplicate check dropped": 0,
    "a forced replay that asks for no day": 0,
    "newest >= begun made >": 37,
    "a success that no longer wins over a rejection": 0,
    "a breach that is taken as processed": 0,
    "a profile that is dropped": 2,
    "the hour taken from processed_at": 0,
    "deliveries that a late manifest does not change": 60021,
    "redrives that a report being made does not look for": 7,
    "late days forgotten": 1,
    "late records without markers": 1,
    "a replay by key": 0,
}
"""A seed whose campaign saw the fault; whatever asks S3 once more changes what is drawn."""
OTHERS = (1, 2, 3)


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


@pytest.fixture(scope="module")
def ran():
    """A campaign that ran, by its seed: more than one test looks at it."""
    found = {}

    def run(seed):
        if seed not in found:
            found[seed] = Campaign(seed).run()
        return found[seed]

    yield run
    for each in found.values():
        each.world.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_after_faults_redrives_and_midnights_every_object_version_is_accounted_for(ran, seed):
    campaign = ran(seed)
    assert sum(campaign.world.faults.values()) > 20
    assert len(campaign.uploads) > 20


def test_the_same_seed_is_the_same_run_event_for_event(ran, begin):
    """Of all days, amid faults and tools: what a report does at once has to be one by one here."""
    first, again = ran(2), begin(2).run()
    assert first.world.digest() == again.world.digest()
    assert first.world.log == again.world.log
    assert first.world.digest() != ran(4).world.digest()


def test_large_files_are_counted_in_ranges_and_files_rejected_for_every_reason(ran):
    campaign = ran(2)
    told = [what for _, what, *rest in campaign.world.log for what in rest[:1]]
    assert told.count("CountRange") > told.count("MergeRanges") > 0
    codes = {each["error"]["code"] for each in campaign.records(".rejected.json")}
    assert {"CONTRACT_VIOLATION", "TOO_SLOW", "EMPTY_FILE", "OBJECT_GONE"} == codes


def test_field_rules_are_checked_amid_all_faults_and_in_every_kind_of_file(ran):
    campaigns = [ran(seed) for seed in SEEDS]
    met = {error for each in campaigns for error in each.errors_in("CheckFields")}
    assert met >= {
        "Lambda.TooManyRequestsException",
        "Runtime.ExitError",
        "TransientError",
        "InvalidFile",
    }
    outcomes = [each.outcomes() for each in campaigns]
    values = [
        (outcome, bool(upload.values.refused), bool(upload.values.tolerated))
        for campaign, found in zip(campaigns, outcomes, strict=True)
        for of, outcome in found.items()
        if (upload := campaign.uploads[of]).values and not upload.deleted
    ]
    kept, tolerated = ("processed", False, False), ("processed", False, True)
    assert {*values} == {
        *(kept, tolerated),
        *(("rejected", True, False), ("rejected", True, True)),
    }
    codes = {
        record["error"]["code"]
        for each in campaigns
        for record in each.records(".rejected.json")
        if record["key"].startswith("ruled/")
    }
    assert codes == {"CONTRACT_VIOLATION", "EMPTY_FILE", "OBJECT_GONE", "TOO_SLOW"}


def test_a_check_of_field_rules_that_times_out_is_redriven_and_says_the_same(begin):
    campaign = begin(1, rates={"lambda timed out": 0.7})
    for flavor in FLAVORS:
        campaign.upload(f"ruled/{flavor}.csv", 5, flavor=flavor)
    campaign.settle()
    assert "Sandbox.Timedout" in campaign.errors_in("CheckFields")
    campaign.world.rates = CALM
    campaign.repair()
    assert Counter(campaign.check().values()) == {"processed": 3, "rejected": 3}


def test_deliveries_are_complete_or_short(ran):
    reports = [ran(seed).stored_report(date) for seed in SEEDS for date in ran(seed).dates()]
    rows = [row for report in reports if report for row in report["deliveries"]["named"]]
    assert {row["state"] for row in rows} == {"complete", "short"}


@pytest.mark.parametrize("seed", range(12))
def test_an_event_that_comes_while_a_replay_assumes_another_day_is_counted_once(begin, seed):
    campaign = begin(seed, rates=CALM)
    campaign.advance(DAY + HOUR / 2)
    key, version = campaign.upload("big/a.csv", 3, begun=HOUR, delay=seed / 4)
    if seed % 3 == 0:
        campaign.delete(key, version)
    campaign.operate("replay", keys=[key])
    campaign.settle()
    stems = [stem(date, key, version) for date in ("2026-03-01", "2026-03-02")]
    names = [f"{each}{ending}" for each in stems for ending in (".json", ".rejected.json")]
    found = [name for name in names if campaign.world.buckets.find("ReportsBucket", name)]
    assert len(found) == 1


def test_a_contract_that_is_not_kept_is_seen(begin):
    campaign = begin(3, rates=CALM)
    of = campaign.upload("strict/a.csv", 40)
    campaign.world.wide = False  # the functions forget it, the campaign does not
    campaign.settle()
    assert campaign.uploads[of].code == "CONTRACT_VIOLATION"
    with pytest.raises(BrokenError, match="40, not None records"):
        campaign.check()


def test_a_rejection_without_its_message_is_seen(begin):
    def drop(machines):
        if "process_file" in machines:
            states = machines["process_file"]["States"]
            states["SendToDeadLetterQueue"] = {"Type": "Pass", "Next": "FileRejected"}

    campaign = begin(1, rates=CALM, change=drop)
    campaign.upload("a.csv", None)
    campaign.settle()
    with pytest.raises(BrokenError, match="rejected without a message"):
        campaign.check()


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
    campaign.settle()
    with pytest.raises(BrokenError, match="is lost"):
        campaign.check()


def test_a_file_that_is_counted_wrongly_is_seen(begin):
    campaign = begin(1, rates=CALM)
    key, version = campaign.upload("a.csv", 3)
    campaign.uploads[key, version].records = 4
    campaign.settle()
    with pytest.raises(BrokenError, match="3, not 4 records"):
        campaign.check()


def test_a_success_that_is_taken_back_is_seen(begin):
    campaign = begin(1, rates=CALM)
    of = campaign.upload("a.csv", 3)
    campaign.settle()
    campaign.check()
    place = f"processed/date={campaign.uploads[of].date}/a.csv/v-v0.json"
    del campaign.world.buckets.objects["ReportsBucket", place]
    with pytest.raises(BrokenError):
        campaign.check()


@pytest.mark.parametrize(("name", "seed"), NOTICED.items())
def test_each_planted_fault_is_seen_by_the_simulation_alone(begin, name, seed):
    with planted(name):
        assert any(broken(begin(each)) for each in (seed, *OTHERS))


def broken(campaign):
    """Whether the campaign ends by something that is not as it must be."""
    try:
        campaign.run()
    except BrokenError:
        return True
    return False


def test_each_planted_fault_has_a_seed_that_sees_it():
    assert set(NOTICED) == set(PLANTED)


def test_a_file_that_takes_longer_than_its_function_has_is_rejected_and_not_killed(begin):
    """At its share of a processor: 60 s of a whole one pass, 150 s do not."""
    campaign = begin(1, rates=CALM)
    slow, too_slow = (
        campaign.upload(f"{seconds}.jsonl", 5, seconds=seconds) for seconds in (SLOW, TOO_SLOW)
    )
    campaign.settle()
    assert campaign.check() == {slow: "processed", too_slow: "rejected"}
    assert campaign.record(too_slow, ".rejected.json")["error"]["code"] == "TOO_SLOW"
    assert not campaign.failed()


def test_a_function_without_a_deadline_is_killed_at_its_limit(begin):
    campaign = begin(1, rates=CALM)
    campaign.upload("a.jsonl", 5, seconds=TOO_SLOW)
    with mock.patch("functions.count_records.deadline_of", return_value=NO_DEADLINE):
        campaign.settle()
    (failed,) = campaign.failed()
    assert campaign.details(failed)["error"] == "Sandbox.Timedout"


def test_two_versions_of_a_key_that_never_began_are_replayed_both(begin):
    campaign = begin(1, rates=CALM)
    campaign.outage()
    first, second = campaign.uploads
    campaign.settle()
    assert campaign.check() == {first: "not begun", second: "not begun"}
    replayed = campaign.ask("replay", keys=[first[0]])
    assert replayed.complete
    assert campaign.check() == {first: "processed", second: "processed"}
    assert not campaign.letters()


def test_a_multipart_upload_over_midnight_counts_on_the_day_of_its_event(begin):
    """S3 says that it was stored the day before; the audit of neither day finds it missing."""
    campaign = begin(1, rates=CALM)
    campaign.advance(DAY + 600)
    of = campaign.upload("a.csv", 3, begun=HOUR)
    campaign.settle()
    assert campaign.uploads[of].date == "2026-03-02"
    assert [campaign.ask("audit", date=f"2026-03-0{day}").records for day in (1, 2)] == [0, 1]
    campaign.check_audits()


def test_a_version_that_nothing_told_of_is_found_by_the_audit_and_counts_where_s3_says(begin):
    campaign = begin(2, rates={"event lost": 1})
    campaign.advance(DAY + 600)
    of = campaign.upload("a.csv", 3, begun=HOUR)
    campaign.world.rates = CALM
    campaign.repair()
    assert campaign.uploads[of].date == "2026-03-01"
    assert campaign.check() == {of: "processed"}
    campaign.check_audits()


def test_a_report_that_goes_wrong_in_one_form_is_seen(begin):
    campaign = begin(1, rates=CALM)
    campaign.upload("a.csv", 3)
    campaign.advance(DAY + 600)
    campaign.report()
    campaign.settle()
    campaign.check_reports()
    place = "ReportsBucket", "daily-reports/date=2026-03-01/report.csv"
    campaign.world.buckets.store(*place, b"metric,value\n")
    with pytest.raises(BrokenError, match=r"report\.csv is not what"):
        campaign.check_reports()


def test_a_duplicate_that_ended_by_a_redrive_of_the_api_alone_is_counted_by_the_next_night(begin):
    campaign = begin(1, rates=CALM)
    of = campaign.upload("a.csv", 3)
    campaign.settle()
    campaign.world.rates = {"task failed": 1}
    campaign.send(*of)
    campaign.settle()
    campaign.world.rates = CALM
    assert [campaign.details(arn)["state"] for arn in campaign.failed()] == ["DuplicateIgnored"]
    for duplicates in (0, 1):
        campaign.night()
        assert campaign.stored_report("2026-03-01")["duplicates"] == duplicates
        campaign.check_reports()
        campaign.redrive()
        campaign.settle()


def test_a_file_whose_key_is_so_long_that_its_record_has_a_digest_has_come(begin):
    campaign = begin(1, rates=CALM)
    campaign.advance(DAY + 600)
    campaign.upload(f"{LONG}.csv", 3)
    campaign.settle()
    campaign.night()
    (expected,) = campaign.stored_report("2026-03-02")["expected"]
    assert expected == {"contract": "long", "prefix": "long/", "came": True, "processed": True}
