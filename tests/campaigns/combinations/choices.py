"""What each setting is tried with; settings that only make sense together are one choice.

The first option of each is the default, the last is the one that asks for most.
"""

SUBNETS = {
    "vpc_subnets": "subnet-0123456789abcdef0 subnet-0123456789abcdef1",
    "vpc_security_groups": "sg-0123456789abcdef0",
}
ENDPOINTS = {"vpc_id": "vpc-0123456789abcdef0", "vpc_route_tables": "rtb-0123456789abcdef0"}
PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
TENANT, TEAM = "0123abcd-01ab-01ab-01ab-0123456789ab", "0123abcd-01ab-01ab-01ab-0123456789ac"
TEAMS = f"{TENANT}/{TEAM}/19%3aabcdef%40thread.tacv2"
LONG_KEYS = " ".join(f"folder-{number}/*.tmp" for number in range(20))


def each(name, *values):
    """The options of one setting."""
    return [{name: value} for value in values]


CHOICES = {
    "project_name": each("project_name", "event-driven-pipeline", "abc", "x" * 32),
    "environment": each("environment", "dev", "prod"),
    "aws_region": each("aws_region", "us-east-1", "eu-west-1", "us-west-2"),
    "deployment": each("deployment", "auto", "plain", "at_once", "gradual"),
    "python_version": each("python_version", "3.13", "3.11", "3.12", "3.14"),
    "tracing": each("tracing", "xray", "off", "otel"),
    "file_memory_mb": each("file_memory_mb", "256", "10240"),
    "field_rules_memory_mb": each("field_rules_memory_mb", "1769", "512"),
    "large_file_mb": each("large_file_mb", "4096", "64"),
    "ignore_keys": each("ignore_keys", "_SUCCESS *.crc _temporary/ *$folder$", "", LONG_KEYS),
    "report_memory_mb": each("report_memory_mb", "512", "1024"),
    "file_log_days": each("file_log_days", "7", "731"),
    "report_log_days": each("report_log_days", "30", "1"),
    "concurrency": [
        {},
        {"account_concurrency": "10", "batch_concurrency": "10"},
        {"file_concurrency": "50", "batch_concurrency": "50", "account_concurrency": "3000"},
    ],
    "report_time": each("report_time", "00:00", "23:59"),
    "batch_size": each("batch_size", "500", "1"),
    "notify_email": each("notify_email", "", "team@example.com"),
    "quiet_good_days": each("quiet_good_days", "false", "true"),
    "report_message": [
        *each("report_message", "text", "json", "chat"),
        {"report_message": "chat", "slack_channel": "T07EA123LEP/C07EZ1ABC23"},
        {"report_message": "chat", "teams_channel": TEAMS},
    ],
    "rejected_percent": each("rejected_percent", "0", "20"),
    "mute_unusual": each("mute_unusual", "", "orders/:late,early *:cost"),
    "customer_key": each("customer_key", "false", "retired", "true"),
    "access_log_days": each("access_log_days", "0", "90"),
    "dead_letter_days": each("dead_letter_days", "14", "1"),
    "raw_days": each("raw_days", "0", "400"),
    "record_days": each("record_days", "0", "800"),
    "summary_days": each("summary_days", "30", "16"),
    "oldest_execution_minutes": each("oldest_execution_minutes", "60", "18000"),
    "file_error_percent": each("file_error_percent", "20", "100"),
    "monthly_budget_usd": each("monthly_budget_usd", "0", "25"),
    "github": [
        {},
        {"github_repository": "owner@12/name@34"},
        {"github_repository": "owner/name", "github_provider_arn": PROVIDER},
    ],
    "noncurrent_version_days": each("noncurrent_version_days", "30", "1"),
    "uploader_accounts": each("uploader_accounts", "", "111122223333 444455556666"),
    "vpc": [{}, SUBNETS, SUBNETS | ENDPOINTS],
    "permissions_boundary": each("permissions_boundary", "", "teams/files-boundary"),
    "tags": each("tags", "", "cost-center=42 owner=files"),
    "bundle_layer": each("bundle_layer", "true", "false"),
}
