"""Settings are read from context, checked, and refused in words a deployer understands."""

import pytest

from checks.settings_page import PAGE, page
from stacks.settings import Settings, SettingsError


def test_without_context_the_defaults_hold():
    settings = Settings.from_context({})
    assert settings == Settings()
    assert settings.prefix == "event-driven-pipeline-dev"
    assert not settings.is_prod


def test_text_from_the_command_line_is_read_as_its_type():
    settings = Settings.from_context(
        {"environment": "prod", "report_log_days": "90", "batch_size": "8", "bundle_layer": "False"}
    )
    assert settings.is_prod
    assert (settings.report_log_days, settings.batch_size) == (90, 8)
    assert settings.bundle_layer is False


def test_context_of_others_is_left_alone():
    foreign = {
        "@aws-cdk/core:checkSecretUsage": True,
        "aws:cdk:bundling-stacks": [],
        "acknowledged-issue-numbers": [1],
        "availability-zones:account=1:region=us-east-1": ["us-east-1a"],
    }
    assert Settings.from_context(foreign) == Settings()


def test_a_null_in_the_context_means_the_default():
    assert Settings.from_context({"batch_size": None}).batch_size == Settings().batch_size


UUID = "0123abcd-01ab-01ab-01ab-0123456789ab"
TEAMS = f"{UUID}/{UUID}/19%3Aabc-123%40thread.tacv2"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("report_time", "24:00", "must be a time of day in UTC as HH:MM, not '24:00'"),
        ("report_time", "6:30", "must be a time of day in UTC as HH:MM"),
        ("customer_key", "yes", "must be one of false, true, retired, not 'yes'"),
        ("dead_letter_days", 15, "must be a whole number from 1 to 14, not 15"),
        ("record_days", 15, "must be 0 or a whole number from 16 to 36500, not 15"),
        ("summary_days", 0, "must be a whole number from 16 to 3650, not 0"),
        ("raw_days", -1, "must be a whole number from 0 to 36500, not -1"),
        ("file_concurrency", "many", "must be a whole number from 0 to 10000"),
        ("project_name", "Tally", "3 to 32 lower-case letters"),
        ("project_name", "ends-in-", "3 to 32 lower-case letters"),
        ("project_name", "x" * 33, "3 to 32 lower-case letters"),
        ("project_name", "xn--tally", "single hyphens"),
        ("project_name", "two--hyphens", "single hyphens"),
        ("project_name", "sthree-tally", "not from sthree- or amzn-s3-demo-"),
        ("project_name", "amzn-s3-demo-tally", "which S3 keeps for itself"),
        ("environment", "production", "must be one of dev, prod"),
        ("aws_region", "Ireland", "a region of AWS's standard partition"),
        ("aws_region", "us-gov-west-1", "a region of AWS's standard partition"),
        ("aws_region", 1, "a region of AWS's standard partition"),
        ("field_rules_memory_mb", "511", "a whole number from 512 to 10240"),
        ("file_memory_mb", "64", "a whole number from 128 to 10240"),
        ("file_memory_mb", 99_999, "a whole number from 128 to 10240"),
        ("batch_size", "many", "a whole number from 1 to 5000"),
        ("batch_size", "1.5", "a whole number from 1 to 5000"),
        ("batch_size", "-1", "a whole number from 1 to 5000"),
        ("batch_size", "\N{SUPERSCRIPT TWO}", "a whole number from 1 to 5000"),
        ("ignore_keys", "a/**/b", "must be patterns of keys, 500 characters at most, without **"),
        ("ignore_keys", "x" * 501, "must be patterns of keys, 500 characters at most"),
        ("ignore_keys", 7, "must be patterns of keys"),
        ("mute_unusual", "orders/:lat", "must be prefixes, as orders/ or orders/:late,volume"),
        ("mute_unusual", "a/ " * 400, "must have 1,000 characters at most"),
        ("ignore_keys", "a b " * 120, "must be fewer patterns, as they take 2,880 characters"),
        ("report_log_days", 31, "must be one of 1, 3, 5, 7, 14, 30"),
        ("bundle_layer", "maybe", "must be true or false"),
        ("github_repository", "name", "owner/name or owner@ID/name@ID of a GitHub repository"),
        ("github_repository", "owner@1/name", "owner/name or owner@ID/name@ID"),
        ("github_repository", "owner/*", "owner/name or owner@ID/name@ID"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_by_name(name, value, expected):
    with pytest.raises(SettingsError) as refused:
        Settings.from_context({name: value})
    message = str(refused.value)
    assert message.startswith(f"setting {name}: ")
    assert expected in message
    assert message.endswith(f"not {value!r}")
    assert "\n" not in message


@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-2", "mx-central-1"])
def test_every_standard_region_is_known(region):
    assert Settings.from_context({"aws_region": region}).aws_region == region


@pytest.mark.parametrize("name", ["record_days", "summary_days"])
def test_what_a_redrive_or_the_restating_of_a_day_needs_outlives_it(name):
    """An execution may be redriven for 14 days, from the day after its upload on."""
    redriven, ended, restated = 14, 1, 1
    least = redriven + ended + restated
    assert getattr(Settings.from_context({name: least}), name) == least
    with pytest.raises(SettingsError):
        Settings.from_context({name: least - 1})


def test_zero_days_keep_records_for_good():
    assert Settings.from_context({"record_days": "0"}).record_days == 0


@pytest.mark.parametrize("name", ["owner/name", "a_b-c/d.e_f-g", "owner@123/name@456"])
def test_a_repository_is_named_as_githubs_tokens_name_it(name):
    assert Settings.from_context({"github_repository": name}).github_repository == name


def test_every_setting_is_documented_as_it_is():
    assert PAGE.read_text() == page(), "python -m checks.settings_page writes it"
    assert "None" not in page()


def test_the_time_of_the_report_is_read_as_hour_and_minute():
    settings = Settings.from_context({"report_time": "06:05"})
    assert settings.report_hour_and_minute == ("6", "5")


@pytest.mark.parametrize(
    ("pattern", "wildcards"),
    [
        ("", []),
        ("_SUCCESS", ["_SUCCESS", "*/_SUCCESS"]),
        (" *.crc  *.tmp ", ["*.crc", "*.tmp"]),
        ("_temporary/", ["_temporary/*", "*/_temporary/*"]),
        ("out/*.part", ["out/*.part"]),
    ],
)
def test_ignored_keys_are_names_endings_folders_or_paths(pattern, wildcards):
    settings = Settings.from_context({"ignore_keys": pattern})
    assert list(settings.ignored_keys) == ["*/", *wildcards]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"file_concurrency": 181},
            (
                "file_concurrency 181 reserves 905 calls, and Lambda keeps 100 unreserved:"
                " that takes an account_concurrency of 1,005, not 1,000"
            ),
        ),
        (
            {"file_concurrency": 1, "batch_concurrency": 1, "account_concurrency": 10},
            "that takes an account_concurrency of 105, not 10; reserve less, or ask AWS",
        ),
        (
            {"file_concurrency": 20},
            (
                "batch_concurrency 40 is over file_concurrency 20:"
                " the ranges of one large file would only wait for each other; make it lower"
            ),
        ),
        ({"account_concurrency": 10}, "batch_concurrency 40 is over account_concurrency 10"),
        ({"slack_channel": "T1/C2"}, "slack_channel needs report_message chat"),
        (
            {"teams_channel": TEAMS, "report_message": "json"},
            "teams_channel needs report_message chat, since the channel shows no other",
        ),
    ],
)
def test_settings_that_contradict_each_other_are_refused_with_what_to_do(given, expected):
    with pytest.raises(SettingsError) as refusal:
        Settings.from_context(given)
    assert expected in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "given",
    [
        {"file_concurrency": 180},
        {"file_concurrency": 40},
        {"account_concurrency": 10, "batch_concurrency": 10},
    ],
)
def test_settings_of_concurrency_that_just_fit_are_taken(given):
    assert Settings.from_context(given)
