"""Everything a deployer tunes: what each setting means, takes, and is by default."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from functions.core.reporting.unusual.kinds import MUTED
from stacks.settings.setting_types import (
    key_patterns,
    matching,
    one_of,
    several,
    whole,
    yes_or_no,
)

UUID: Final = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
TEAMS_WORD: Final = "[a-zA-Z0-9_=+/.,-]*"
"""Of ids of Teams, as CloudFormation takes them (template reference,
AWS::Chatbot::MicrosoftTeamsChannelConfiguration)."""
LOG_RETENTION: Final = {
    1: "ONE_DAY",
    3: "THREE_DAYS",
    5: "FIVE_DAYS",
    7: "ONE_WEEK",
    14: "TWO_WEEKS",
    30: "ONE_MONTH",
    60: "TWO_MONTHS",
    90: "THREE_MONTHS",
    180: "SIX_MONTHS",
    365: "ONE_YEAR",
    731: "TWO_YEARS",
}
"""Days that CloudWatch Logs accepts, as far as they make sense here, and CDK's names for them."""

OWNER: Final = "[A-Za-z0-9_-]+"
NAME: Final = "[A-Za-z0-9._-]+"
"""What GitHub takes in the two parts of a repository's name."""


OUTLIVING: Final = 16
"""Days that what a redrive needs is kept at least.

An execution can be redriven for 14 days after its end (Step Functions Developer Guide, "Redriving
executions"), which may be on the day after its upload, and the night after that restates the day.
"""


@dataclass(frozen=True, kw_only=True)
class SettingFields:
    """What differs between deployments. Each field is a context key of the same name."""

    project_name: str = field(
        default="event-driven-pipeline",
        metadata=matching(
            r"(?!sthree-|amzn-s3-demo-)(?!.*--)[a-z][a-z0-9-]{1,30}[a-z0-9]",
            "3 to 32 lower-case letters, digits and single hyphens, from a letter, and not from"
            " sthree- or amzn-s3-demo-, which S3 keeps for itself",
        ),
    )
    """Begins the name of every stack, function, machine and rule. CloudFormation makes the buckets'
    names of it, so it has to be the beginning of one (S3 User Guide, "Bucket naming rules")."""

    environment: str = field(default="dev", metadata=one_of("dev", "prod"))
    """`prod` retains its data when a stack goes, and protects the stacks; `dev` goes wholly."""

    aws_region: str = field(
        default="us-east-1",
        metadata=matching(
            r"(?!cn-|us-gov-|us-iso)[a-z]{2}(-[a-z]+)+-\d",
            "a region of AWS's standard partition, such as eu-west-1",
        ),
    )
    """Where the stacks are deployed. The account is that of the credentials.

    The ARNs of integrations in the machines are those of the standard partition, `arn:aws:`.
    """

    deployment: str = field(default="auto", metadata=one_of("auto", "plain", "gradual", "at_once"))
    """`gradual` has functions and machines called by an alias, `live`, which gives a new version a
    tenth for five minutes and goes back where that fails. `at_once` moves the alias at once, for an
    urgent fix; `plain` makes none. `auto` is `gradual` in `prod` and `plain` in `dev`
    (docs/decisions/gradual-deployment.md)."""

    python_version: str = field(default="3.13", metadata=one_of("3.11", "3.12", "3.13", "3.14"))
    """The Python of the functions. `make` sets up its environment with the version that `cdk.json`
    says, so that the tests run on the same; whoever deploys may have another one."""

    tracing: str = field(default="xray", metadata=one_of("xray", "otel", "off"))
    """`xray` is the tracing that Lambda and Step Functions do themselves. `otel` adds AWS's layer
    for OpenTelemetry to the functions, which shows their calls of S3 and Step Functions too, for
    longer cold starts (docs/monitoring.md); a region without the layer is refused. `off` traces
    nothing."""

    file_memory_mb: int = field(default=256, metadata=whole(128, 10_240))
    """Memory of the functions that look at files. It does not grow with a file's size."""

    field_rules_memory_mb: int = field(default=1769, metadata=whole(512, 10_240))
    """Memory of the function that checks field rules (docs/contracts.md). It needs no more than 512
    whatever the file; the default brings one whole processor, of which half the memory has half."""

    large_file_mb: int = field(default=4096, metadata=whole(64, 16_384))
    """MiB from which on a file is not read by one call, but in ranges of an eighth of this, each in
    under two minutes. Larger files that cannot be cut, as compressed ones, are rejected."""

    ignore_keys: str = field(
        default="_SUCCESS *.crc _temporary/ *$folder$", metadata=key_patterns(most=500)
    )
    """Keys that start no execution and are in no report, as patterns separated by blanks, where `*`
    stands for any text: a file's name (`_SUCCESS`), an ending (`*.crc`), a folder at any depth
    (`_temporary/`) or a path from the bucket's root (`out/*.tmp`). Folder markers, keys that end in
    `/`, are always ignored. The default is what Spark, Hadoop and their kin leave beside files."""

    report_memory_mb: int = field(default=512, metadata=whole(128, 10_240))
    """Memory of PlanReport, SummarizeBatch and WriteReport."""

    file_log_days: int = field(default=7, metadata=one_of(*LOG_RETENTION))
    """How long the logs of the file processing are kept."""

    report_log_days: int = field(default=30, metadata=one_of(*LOG_RETENTION))
    """How long the logs of the daily report are kept."""

    file_concurrency: int = field(default=0, metadata=whole(0, 10_000))
    """How many calls of each of the five file functions may run at once, reserved from the
    account's concurrency; 0 reserves and limits nothing. Files above it wait, by the states'
    retries. Lambda refuses to reserve the account's last 100, so the account's quota has to be five
    times this and 100 (docs/limits.md)."""

    account_concurrency: int = field(default=1000, metadata=whole(10, 1_000_000))
    """How many Lambda calls may run at once in the account and region, as Service Quotas says. The
    settings of concurrency are checked against it; it changes nothing else. Many new accounts have
    10: with that said here, `batch_concurrency` may be no more (docs/quotas.md)."""

    report_time: str = field(
        default="00:00",
        metadata=matching(r"([01]\d|2[0-3]):[0-5]\d", "a time of day in UTC as HH:MM"),
    )
    """When the report of the day before is started, in UTC. The day that it is about is always
    the UTC day, whatever the time (docs/decisions/utc-days.md)."""

    batch_size: int = field(default=500, metadata=whole(1, 5_000))
    """Records that one SummarizeBatch takes. Each is one GET, and a batch has two minutes."""

    batch_concurrency: int = field(default=40, metadata=whole(1, 1_000))
    """Batches of records, or ranges of one large file, at once, so that most of the account's
    Lambdas are left to the other files."""

    mute_unusual: str = field(
        default="",
        metadata=several(MUTED, "prefixes, as orders/ or orders/:late,volume", most=1_000),
    )
    """Where a report does not say what is unusual: prefixes (`orders/`, or `/` for files without
    one, `*` for all), if need be with the kinds after a colon (docs/unusual.md)."""

    notify_email: str = field(
        default="", metadata=matching(r"|[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address or empty")
    )
    """Who gets a few lines when a report is written, and when an alarm begins and is over, once
    the address is confirmed. More can subscribe to the topics."""

    quiet_good_days: bool = field(default=False, metadata=yes_or_no())
    """True sends `notify_email` only the reports whose verdict names something to do. Other
    subscribers get all, or what their own filter policy on the attribute `verdict` takes."""

    report_message: str = field(default="text", metadata=one_of("text", "json", "chat"))
    """What the topic of reports carries: a few lines for people, JSON for programs, as webhooks, or
    what Amazon Q Developer shows in Slack and Teams (docs/report.md). A mail has the same."""

    rejected_percent: int = field(default=0, metadata=whole(1, 99, or_zero=True))
    """A prefix of which more than so many percent of the day's files are rejected is told to the
    reports' subscribers within a quarter of an hour, once a day, with its first cause and the
    command; 0 leaves it to the night's report. It lists the day's records each time, and takes an
    endpoint more in a VPC of `vpc_id` (docs/report.md)."""

    slack_channel: str = field(
        default="",
        metadata=matching(
            r"|[0-9A-Z]{1,255}/[0-9A-Za-z]{1,128}",
            "the ids of a Slack workspace and a channel, as T07EA123LEP/C07EZ1ABC23, or empty",
        ),
    )
    """The channel of Slack that gets reports and alarms, by Amazon Q Developer in chat
    applications, in whose console the workspace is authorized once. Goes with `report_message`
    chat."""

    teams_channel: str = field(
        default="",
        metadata=matching(
            rf"|{UUID}/{UUID}/{TEAMS_WORD}%3[aA]{TEAMS_WORD}%40{TEAMS_WORD}",
            "the ids of a Teams tenant, a team and a channel, with slashes between, or empty",
        ),
    )
    """The same for Teams; the channel's id as its link has it (`19%3A...%40thread.tacv2`)."""

    customer_key: str = field(default="false", metadata=one_of("false", "true", "retired"))
    """`true` encrypts buckets, queue, topics, logs, the history of executions and the functions'
    environments with a KMS key of the deployment's own, whose policy and use are the account's. It
    costs $1 a month and its requests. Who uploads or reads then needs the key too. What is there
    already stays as it is. `retired` encrypts with it no more and opens what it encrypted;
    `false`, after that, leaves the key's stack for you to delete."""

    access_log_days: int = field(default=0, metadata=whole(0, 3_650))
    """How long S3's access logs of both buckets are kept, in a bucket for them; 0 keeps none."""

    dead_letter_days: int = field(default=14, metadata=whole(1, 14))
    """How long a message stays in the dead-letter queue."""

    raw_days: int = field(default=0, metadata=whole(0, 36_500))
    """After how many days an uploaded file expires; 0 never. Its record and reports stay."""

    record_days: int = field(default=0, metadata=whole(OUTLIVING, 36_500, or_zero=True))
    """After how many days records and reports expire; 0 never. A day can be restated as
    long as its records are there, so they outlive the 14 days in which a redrive may ask for it."""

    summary_days: int = field(default=30, metadata=whole(OUTLIVING, 3_650))
    """How long the results of Map Runs are kept. They outlive the 14 days in which the execution
    that made them can be redriven, for it goes on with them."""

    oldest_execution_minutes: int = field(default=60, metadata=whole(5, 18_000))
    """An execution of `process_file` that runs for longer is alarming. Its own end is 13 days:
    files of a backlog run until they find capacity (docs/decisions/backlog.md)."""

    file_error_percent: int = field(default=20, metadata=whole(1, 100))
    """How many of a file function's calls may fail before it is alarming: a rejected file and an
    ignored duplicate are failed calls too, and each is dealt with."""

    monthly_budget_usd: int = field(default=0, metadata=whole(0, 1_000_000))
    """US dollars a month after which AWS Budgets warns, at 80 percent and when 100 are forecast;
    0 makes no budget. It counts what is tagged with the project, once the tag `project` is
    activated as a cost allocation tag in the billing console."""

    github_repository: str = field(
        default="",
        metadata=matching(
            f"|{OWNER}/{NAME}|{OWNER}@[0-9]+/{NAME}@[0-9]+",
            "owner/name or owner@ID/name@ID of a GitHub repository, or empty",
        ),
    )
    """The repository whose workflows may deploy, as GitHub's tokens name it: a repository that was
    made, renamed or moved since July 2026 with the numbers of its owner and itself
    (docs/deploy.md says how to find them). Empty makes no delivery stack."""

    github_provider_arn: str = field(
        default="",
        metadata=matching(
            r"|arn:aws:iam::\d{12}:oidc-provider/token\.actions\.githubusercontent\.com",
            "the ARN of GitHub's OIDC provider, or empty",
        ),
    )
    """GitHub's OIDC provider, where the account has it already; empty makes it. An account can
    have one only, so the second deployment in an account names the first one's."""

    noncurrent_version_days: int = field(default=30, metadata=whole(1, 3_650))
    """How long an overwritten or deleted object can still be restored from its version, and a
    failed execution of it be redriven: after that, the file is rejected as gone."""

    uploader_accounts: str = field(
        default="", metadata=several(r"\d{12}", "12-digit numbers of AWS accounts")
    )
    """Other accounts whose principals may upload to the raw bucket, as far as their own policies
    allow it: the bucket's policy and the key's, if there is one, admit them."""

    vpc_subnets: str = field(
        default="", metadata=several(r"subnet-[0-9a-f]{8,17}", "ids of subnets, as subnet-0123abcd")
    )
    """Subnets of a VPC that the functions run in; empty for none. They call S3, Step Functions and
    CloudWatch, so the subnets need a way to these (docs/deploy.md)."""

    vpc_security_groups: str = field(
        default="",
        metadata=several(r"sg-[0-9a-f]{8,17}", "ids of security groups, as sg-0123abcd"),
    )
    """Security groups of the functions in `vpc_subnets`; they have to let HTTPS out."""

    vpc_id: str = field(
        default="", metadata=matching(r"|vpc-[0-9a-f]{8,17}", "the id of a VPC, or empty")
    )
    """The VPC of `vpc_subnets`, where the deployment is to make the endpoints that the functions
    need; empty makes none, for a VPC that has them or a NAT gateway."""

    vpc_route_tables: str = field(
        default="",
        metadata=several(r"rtb-[0-9a-f]{8,17}", "ids of route tables, as rtb-0123abcd"),
    )
    """Route tables of `vpc_subnets`, which the endpoint of S3 is entered in; with `vpc_id`."""

    permissions_boundary: str = field(
        default="",
        metadata=matching(r"[\w+=,.@/-]{0,128}", "the name of a managed policy, or empty"),
    )
    """A managed policy of the account that is the permissions boundary of every role."""

    tags: str = field(
        default="",
        metadata=several(
            r"(?!(?i:aws:)|project=|environment=)[\w.:/+@-]{1,128}=[\w.:/=+@-]{0,256}",
            "tags as name=value, not of names that begin with aws: nor project or environment",
        ),
    )
    """Tags of every resource, beside `project` and `environment`."""

    bundle_layer: bool = field(default=True, metadata=yes_or_no())
    """False never puts packages in the layer, not even for `cdk deploy`: for a local endpoint."""
