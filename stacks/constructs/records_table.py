"""The stored records as a table: Athena can query them the moment the stack is deployed."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import aws_glue as glue
from constructs import Construct

from functions.core.keys import PROCESSED_PREFIX, RECORDS_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_s3 as s3

    from stacks.settings import Settings

CLOSED_DAYS: Final = "closed_days"
OPEN_DAYS: Final = "open_days"
DAY: Final = "date"
DECLARED: Final = "struct<records:bigint,bytes:bigint,sha256:string>"
PROFILE: Final = (
    "array<struct<field:string,nulls:bigint,approx_distinct:bigint,min:string,max:string>>"
)
BREACHES: Final = "array<struct<rule:string,rows:bigint,first_rows:array<bigint>>>"
PRESTO_TYPES: Final = {
    "int": "integer",
    "bigint": "bigint",
    "string": "varchar",
    "array<string>": "array(varchar)",
    "struct<code:string,message:string>": "row(code varchar, message varchar)",
    PROFILE: (
        "array(row(field varchar, nulls bigint, approx_distinct bigint, min varchar, max varchar))"
    ),
    BREACHES: "array(row(rule varchar, rows bigint, first_rows array(bigint)))",
    DECLARED: "row(records bigint, bytes bigint, sha256 varchar)",
}
"""Hive's names of types, and those that a view has."""
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
    ("declared", DECLARED),
    ("profile", PROFILE),
    ("breaches", BREACHES),
    ("error", "struct<code:string,message:string>"),
)
"""The fields of a record (docs/report.md), as Hive names their types."""


class RecordsTable(Construct):
    """Glue's tables of records, their days projected, so that nobody adds partitions.

    `closed_days` reads one file a day, which each report makes anew; `open_days` reads the single
    records, as they are stored; `records` is a view of both, with each file once.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, reports: s3.IBucket
    ) -> None:
        super().__init__(scope, construct_id)
        self._database = settings.prefix.replace("-", "_")
        self._account = reports.stack.account
        self._made = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=self._account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(name=self._database),
        )
        for construct, name, prefix in (
            ("ClosedDays", CLOSED_DAYS, RECORDS_PREFIX),
            ("OpenDays", OPEN_DAYS, PROCESSED_PREFIX),
        ):
            location = f"s3://{reports.bucket_name}/{prefix}"
            self._table(
                construct,
                name=name,
                table_type="EXTERNAL_TABLE",
                partition_keys=[glue.CfnTable.ColumnProperty(name=DAY, type="string")],
                parameters=_projection(location),
                storage_descriptor=_storage(location),
            )
        self._table(
            "Table",
            name="records",
            table_type="VIRTUAL_VIEW",
            parameters={"presto_view": "true", "comment": "Presto View"},
            view_original_text=presto_view(self._database),
            view_expanded_text="/* Presto View */",
            storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                columns=_columns((*COLUMNS, (DAY, "string"))),
                serde_info=glue.CfnTable.SerdeInfoProperty(),
            ),
        )

    def _table(self, construct_id: str, **table: Any) -> None:
        made = glue.CfnTable(
            self,
            construct_id,
            catalog_id=self._account,
            database_name=self._database,
            table_input=glue.CfnTable.TableInputProperty(**table),
        )
        made.add_resource_dependency(self._made)


def view_sql(database: str) -> str:
    """The view of all days, for Athena's engine 3.

    A day is closed when it is over (UTC). Of today, a rejected record does not count beside a
    processed one of its version, and an ignored duplicate is no record.
    """
    names = ", ".join(f'"{name}"' for name in (*(name for name, _ in COLUMNS), DAY))
    today = "date_format(current_timestamp AT TIME ZONE 'UTC', '%Y-%m-%d')"
    return (
        f'SELECT {names} FROM "{database}"."{CLOSED_DAYS}" WHERE "{DAY}" < {today}'  # noqa: S608 - names of our own
        f" UNION ALL SELECT {names} FROM (SELECT {names}, row_number() OVER"
        ' (PARTITION BY "bucket", "key", "version_id" ORDER BY "status") AS "place"'
        f' FROM "{database}"."{OPEN_DAYS}" WHERE "{DAY}" = {today}'
        """ AND "status" IN ('processed', 'rejected')) WHERE "place" = 1"""
    )


def presto_view(database: str) -> str:
    """The view as Athena stores it in Glue: its SQL and its columns, in Base64.

    It is what `CREATE [OR REPLACE] VIEW records AS ...` would leave there, a statement that takes a
    person and a place for results: https://docs.aws.amazon.com/athena/latest/ug/create-view.html
    The form is that of Trino, whose engine Athena's is: comment, Base64 and `presto_view` in its
    `ViewReaderUtil`, and a `SerdeInfo`, empty as it may be, in its `GlueConverter`, which fails
    with "StorageDescriptor SerDeInfo is null" without one.
    """
    document = {
        "originalSql": view_sql(database),
        "catalog": "awsdatacatalog",
        "schema": database,
        "columns": [
            {"name": name, "type": PRESTO_TYPES[kind]} for name, kind in (*COLUMNS, (DAY, "string"))
        ],
    }
    return f"/* Presto View: {base64.b64encode(json.dumps(document).encode()).decode()} */"


def _columns(columns: Iterable[tuple[str, str]]) -> list[glue.CfnTable.ColumnProperty]:
    return [glue.CfnTable.ColumnProperty(name=name, type=kind) for name, kind in columns]


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
        columns=_columns(COLUMNS),
        input_format="org.apache.hadoop.mapred.TextInputFormat",
        output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        serde_info=glue.CfnTable.SerdeInfoProperty(
            serialization_library="org.openx.data.jsonserde.JsonSerDe"
        ),
    )
