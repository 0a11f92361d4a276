"""The statements of roles: each by itself, as a sentence, and what no run on a laptop can show."""

import fnmatch

from local.iam.policy import AccessRequest, applies

NOT_SHOWN_HERE = {
    "* xray:*": "there is no X-Ray on a laptop to send traces to",
    "* logs:*LogDeliver*": "machines' logs are delivered by AWS's vended logs; here it is direct",
    "* logs:DescribeLogGroups on *": "the same",
    "* logs:DescribeResourcePolicies on *": "the same",
    "* logs:PutResourcePolicy on *": "the same",
    "*-WatchExecutionsRole* cloudwatch:GetMetricData on *": "asked in a backlog of thousands only",
    "*-WriteReportRole* s3:AbortMultipartUpload on *": "only where a day of many parts breaks off",
    "*Role* on *-reports*/deliveries/[*]": "only for contracts with manifests: test_contracts",
    "*-CountRecordsRole* s3:GetObject on *-reports*/processed/[*]": "the same",
    "*-CountRecordsRole* s3:ListBucket on *-reports*": "the same",
    "*-CheckFieldsRole* s3:GetObject on *-reports*/processed/[*]": "the same",
    "*-CheckFieldsRole* s3:ListBucket on *-reports*": "the same",
    "*-MergeRangesRole* s3:GetObject on *-reports*/processed/[*]": "the same",
    "*-MergeRangesRole* s3:ListBucket on *-reports*": "the same",
    "*-WriteReportRole* s3:GetObject on *-reports*/records/[*]": "only if a content came twice",
    "* s3:ListBucket on *-raw*": "for files deleted before they are read, as in campaigns/faults",
    "*-DailyReportRole* states:DescribeExecution on *": "AWS watches a Map Run's children",
    "*-DailyReportRole* states:StopExecution on *": "AWS stops a Map Run's children",
    "*-DailyReportRole* states:RedriveExecution on *": "AWS redrives a Map Run's children",
    "*-DailyReportRole* s3:GetObject on *": "AWS puts a Map Run's results together from parts",
    "*-DailyReportRole* s3:ListMultipartUploadParts on *": "the same",
    "*-DailyReportRole* s3:AbortMultipartUpload on *": "the same",
    "*-ProcessFileRole* states:StartExecution on *": "AWS starts a Map Run's children",
    "*-ProcessFileRole* states:DescribeExecution on *": "AWS watches a Map Run's children",
    "*-ProcessFileRole* states:StopExecution on *": "AWS stops a Map Run's children",
    "*-ProcessFileRole* states:RedriveExecution on *": "AWS redrives a Map Run's children",
    "*-ProcessFileRole* s3:GetObject on *": "AWS puts a Map Run's results together from parts",
    "*-ProcessFileRole* s3:ListMultipartUploadParts on *": "the same",
    "*-ProcessFileRole* s3:AbortMultipartUpload on *": "the same",
}
"""What AWS needs, as its documentation says, and no request on a laptop asks for."""


def singles(statements):
    """One statement for each action on each resource."""
    for statement in statements:
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                yield {**statement, "Action": action, "Resource": resource}


def listed(value):
    return value if isinstance(value, list) else [value]


def sentence(role, statement):
    return f"{role.rpartition('/')[2]} {statement['Action']} on {statement['Resource']}"


def excused(role, statement):
    said = sentence(role, statement)
    return [each for each in NOT_SHOWN_HERE if fnmatch.fnmatchcase(said, each)]


def used(role, statement, asked):
    """Whether the statement allows something that the role asked for."""
    requests = (each for each in asked if each["role"] == role)
    return any(
        applies(statement, AccessRequest(each["action"], each["resource"], dict(each["context"])))
        for each in requests
    )
