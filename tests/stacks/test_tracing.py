"""Tracing by AWS itself, by OpenTelemetry beside it, or none; never by the X-Ray SDK."""

import json
from pathlib import Path

import pytest
from aws_cdk import region_info

from stacks.constructs.tracing import LAYER_VERSIONS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def instrumented(app, tmp_path):
    """All functions of a deployment with OpenTelemetry."""
    done = app(tmp_path / "out", {"tracing": "otel", "aws_region": "eu-south-1"})
    assert done.returncode == 0, done.stderr
    return [
        each["Properties"]
        for path in (tmp_path / "out").glob("*.template.json")
        for each in json.loads(path.read_text())["Resources"].values()
        if each["Type"] == "AWS::Lambda::Function"
    ]


def test_otel_adds_awss_layer_and_its_wrapper_to_every_function(instrumented):
    assert len(instrumented) == 9
    for each in instrumented:
        (layer,) = [layer for layer in each["Layers"] if isinstance(layer, str)]
        assert layer.startswith(
            "arn:aws:lambda:eu-south-1:257394471194:layer:AWSOpenTelemetryDistroPython:"
        )
        variables = each["Environment"]["Variables"]
        assert variables["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/otel-instrument"
        assert variables["OTEL_AWS_APPLICATION_SIGNALS_ENABLED"] == "false"
        assert each["TracingConfig"] == {"Mode": "Active"}


def test_off_traces_nothing_and_grants_nothing_for_it(otherwise):
    for template in otherwise.templates.values():
        for each in template.all("AWS::Lambda::Function").values():
            assert "TracingConfig" not in each
        for each in template.all("AWS::StepFunctions::StateMachine").values():
            assert not each.get("TracingConfiguration", {}).get("Enabled")
        assert "xray:" not in json.dumps(template.raw)


def test_a_region_without_the_layer_is_told_at_synthesis(app, tmp_path):
    done = app(tmp_path / "out", {"tracing": "otel", "aws_region": "me-south-1"})
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("app.py: setting tracing: AWS publishes no OpenTelemetry layer in me-so")
    assert line.endswith("give xray or off")


def test_every_region_of_the_layer_is_one():
    assert set(LAYER_VERSIONS) < {each.name for each in region_info.RegionInfo.regions}


def test_the_x_ray_sdk_is_not_in_the_layer():
    lock = (ROOT / "requirements" / "layer.txt").read_text()
    assert "aws-lambda-powertools==" in lock
    assert "xray" not in lock
    sources = [path.read_text() for path in (ROOT / "functions").rglob("*.py")]
    assert not [each for each in sources if "aws_xray_sdk" in each or "import Tracer" in each]
