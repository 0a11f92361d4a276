"""The stored records as a table: Athena can query them the moment the stack is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_glue as glue
from constructs import Construct

from functions.core.keys import PROCESSED_PREFIX

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3

    from stacks.settings import Settings

FIRST_DAY: Final = "2026-01-01"
COLUMNS: Final = (
    ("schema_version", "int"),
    ("status", "string"),
    ("bucket", "string"),
    ("key", "string"),
    ("version_id", "string"),
    ("etag", "string"),
    ("size_bytes", "bigint"),
    ("uploaded_at", "string"),
    ("processed_at", "string"),
    ("execution_arn", "string"),
    ("format", "string"),
    ("compression", "string"),
    ("encoding", "string"),
    ("records", "bigint"),
    ("columns", "array<string>"),
    ("columns_total", "int"),
    ("ragged_rows", "bigint"),
    ("delimiter", "string"),
    ("warnings", "array<string>"),
    ("uncompressed_bytes", "bigint"),
    ("checksum", "string"),
    ("error", "struct<code:string,message:string>"),
)
"""The fields of a record (docs/report.md), as Hive names their types."""


class RecordsTable(Construct):
    """A Glue table over `processed/`, its days projected, so that nobody adds partitions."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, reports: s3.IBucket
    ) -> None:
        super().__init__(scope, construct_id)
        database = settings.prefix.replace("-", "_")
        location = f"s3://{reports.bucket_name}/{PROCESSED_PREFIX}"
        account = reports.stack.account
        made = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(name=database),
        )
        table = glue.CfnTable(
            self,
            "Table",
            catalog_id=account,
            database_name=database,
            table_input=glue.CfnTable.TableInputProperty(
                name="records",
                table_type="EXTERNAL_TABLE",
                partition_keys=[glue.CfnTable.ColumnProperty(name="date", type="string")],
                parameters=_projection(location),
                storage_descriptor=_storage(location),
            ),
        )
        table.add_resource_dependency(made)


def _projection(location: str) -> dict[str, str]:
    return {
        "classification": "json",
        "projection.enabled": "true",
        "projection.date.type": "date",
        "projection.date.format": "yyyy-MM-dd",
        "projection.date.range": f"{FIRST_DAY},NOW",
        "storage.location.template": f"{location}date=${{date}}/",
    }


def _storage(location: str) -> glue.CfnTable.StorageDescriptorProperty:
    return glue.CfnTable.StorageDescriptorProperty(
        location=location,
        columns=[glue.CfnTable.ColumnProperty(name=name, type=kind) for name, kind in COLUMNS],
        input_format="org.apache.hadoop.mapred.TextInputFormat",
        output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        serde_info=glue.CfnTable.SerdeInfoProperty(
            serialization_library="org.openx.data.jsonserde.JsonSerDe"
        ),
    )
