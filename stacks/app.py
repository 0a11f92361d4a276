"""The composition root: reads the settings and puts the stacks together."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from functions.core import keys
from functions.core.contracts.reading import read_folder
from functions.core.errors import InvalidContract
from stacks.acknowledged import acknowledge
from stacks.delivery import DeliveryStack
from stacks.encryption import EncryptionStack
from stacks.monitoring.stack import MonitoringStack
from stacks.network import NetworkStack
from stacks.processing import ProcessingStack
from stacks.regions import refuse_unknown_region, refuse_what_it_lacks
from stacks.reporting import ReportingStack
from stacks.settings import Settings, SettingsError
from stacks.storage import StorageStack

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Synthesize into the folder that the CDK command asks for, else into `cdk.out`.

    Returns:
        The exit status: 0; 1 for stacks that are not valid; 2 for settings or contracts that
        cannot be used.
    """
    app = cdk.App(
        context=default_context(),
        outdir=os.environ.get("CDK_OUTDIR", str(ROOT / "cdk.out")),
        analytics_reporting=False,
    )
    try:
        settings = Settings.from_context(app.node.get_all_context())
        refuse_unknown_region(settings)
        refuse_what_it_lacks(settings)
        read_folder(ROOT / keys.CONTRACTS_FOLDER)
    except (SettingsError, InvalidContract) as problem:
        sys.stderr.write(f"app.py: {problem}\n")
        return 2
    try:
        cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        add_stacks(app, settings)
        acknowledge(app, settings)
        app.synth()
    except RuntimeError as problem:
        sys.stderr.write("".join(f"app.py: {line}\n" for line in reasons(app, problem)))
        return 1
    return 0


def reasons(app: cdk.App, problem: RuntimeError) -> list[str]:
    """Why a synthesis failed: what the validation found, each with its place, else the error."""
    report = Path(app.outdir) / "validation-report.json"
    if "ValidationFailed" not in str(problem) or not report.exists():
        return [str(problem).splitlines()[0]]
    plugins = json.loads(report.read_text())["pluginReports"]
    return [
        f"{where['constructPath']}: {violation['description']} ({violation['ruleName']})"
        for plugin in plugins
        for violation in plugin["violations"]
        for where in violation["violatingConstructs"]
    ]


def default_context() -> dict[str, Any]:
    """What holds where the CDK command says nothing: the context of `cdk.json`, and no bundling.

    The command hands over the file's context by itself and asks for bundling where it deploys;
    without it, as in the tests, templates are all that is wanted and no package index is needed.
    """
    declared: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return {**declared, "aws:cdk:bundling-stacks": []}


def add_stacks(app: cdk.App, settings: Settings) -> None:
    """Add every stack, each with what it takes from those before it."""
    common: dict[str, Any] = {
        "settings": settings,
        "env": cdk.Environment(region=settings.aws_region),
        "termination_protection": settings.is_prod,
        "tags": settings.all_tags,
    }
    if settings.permissions_boundary:
        common["permissions_boundary"] = cdk.PermissionsBoundary.from_name(
            settings.permissions_boundary
        )
    if settings.vpc_id:
        NetworkStack(app, f"{settings.prefix}-network", **common)
    key = None
    if settings.customer_key != "false":
        key = EncryptionStack(app, f"{settings.prefix}-encryption", **common).key
    storage = StorageStack(app, f"{settings.prefix}-storage", key=key, **common)
    processing = ProcessingStack(app, f"{settings.prefix}-processing", storage=storage, **common)
    reporting = ReportingStack(
        app, f"{settings.prefix}-reporting", storage=storage, processing=processing, **common
    )
    if settings.github_repository:
        DeliveryStack(app, f"{settings.prefix}-delivery", **common)
    MonitoringStack(
        app,
        f"{settings.prefix}-monitoring",
        key=storage.key,
        opening_key=storage.opening_key,
        reports=storage.reports,
        report_topic=reporting.topic,
        dead_letters=storage.dead_letters,
        process_file=processing.machine,
        daily_report=reporting.machine,
        file_functions=processing.functions,
        report_functions=reporting.functions,
        **common,
    )
