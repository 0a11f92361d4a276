"""`tally local run`, as `make run` and a user call it: the whole job in a process of its own."""

import csv
import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import vega_datasets

TALLY = Path(sys.executable).parent / "tally"
ROOT = Path(__file__).resolve().parents[2]


def local_run(*words, cwd=ROOT):
    return subprocess.run(
        [TALLY, "local", "run", *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


@pytest.fixture(scope="module")
def sample_run(tmp_path_factory):
    """The job on its own samples, and what it printed."""
    out = tmp_path_factory.mktemp("samples")
    return local_run("--json", "--out", out), out


def independent_count(path):
    """The count by Python's own csv and json modules."""
    if path.suffix == ".json":
        document = json.loads(path.read_text())
        return len(document) if isinstance(document, list) else 1
    with path.open(newline="") as file:
        return sum(1 for row in csv.reader(file) if row) - 1


def vega(key):
    return Path(vega_datasets.__file__).parent / "_data" / Path(key).name


IN_BREACH = {
    "vega/cars.json": ["Miles_per_Gallon.required: 8 rows", "Horsepower.required: 6 rows"],
    "vega/la-riots.csv": ["age.required: 1 row (12)"],
}
"""Real data has gaps; the contracts of the samples say that there be none."""


def test_every_count_of_the_sample_files_equals_an_independent_count(sample_run):
    done, _ = sample_run
    files = json.loads(done.stdout)["files"]
    real = [
        file for file in files if file["key"].startswith("vega/") and file["key"] not in IN_BREACH
    ]
    assert len(real) >= 15
    assert {file["key"]: file["records"] for file in real} == {
        file["key"]: independent_count(vega(file["key"])) for file in real
    }


def test_the_bad_samples_are_rejected_each_with_its_code(sample_run):
    done, _ = sample_run
    assert done.returncode == 0, done.stderr
    rejected = [file for file in json.loads(done.stdout)["files"] if file["status"] == "rejected"]
    assert {file["key"]: file["error"] for file in rejected} == {
        "bad/empty.csv": "EMPTY_FILE",
        "bad/unclosed-quote.csv": "MALFORMED_CSV",
        "bad/not-json.json": "MALFORMED_JSON",
        "bad/truncated.csv.gz": "TRUNCATED",
        "bad/picture.png": "UNSUPPORTED_FORMAT",
        **dict.fromkeys(IN_BREACH, "CONTRACT_VIOLATION"),
    }


def test_two_real_files_are_in_breach_of_their_contracts_by_these_rules(sample_run):
    done, _ = sample_run
    told = {file["key"]: file["message"] for file in json.loads(done.stdout)["files"]}
    for key, rules in IN_BREACH.items():
        for rule in rules:
            assert rule in told[key]


def test_each_real_sample_is_checked_by_a_contract_of_its_own_and_has_a_profile(sample_run):
    _, out = sample_run
    records = [json.loads(path.read_text()) for path in out.glob("reports/processed/**/v-*.json")]
    real = {each["key"]: each for each in records if each["key"].startswith("vega/")}
    assert {key for key, each in real.items() if not each.get("profile")} == set(IN_BREACH)
    assert {key for key, each in real.items() if each["breaches"]} == set(IN_BREACH)


def test_the_report_of_the_day_agrees_with_the_files(sample_run):
    done, out = sample_run
    document = json.loads(done.stdout)
    totals = document["report"]["totals"]
    processed = [file for file in document["files"] if file["status"] == "processed"]
    assert totals["received"] == len(document["files"])
    assert totals["processed"] == len(processed)
    assert totals["records"] == sum(file["records"] for file in processed)
    assert document["executions"] == {"SUCCEEDED": len(document["files"])}
    (copied,) = out.glob("reports/daily-reports/date=*/report.json")
    assert json.loads(copied.read_text()) == document["report"]
    assert copied.with_name("report.html").exists()
    assert copied.with_name("report.csv").exists()


def test_hundreds_of_small_files_are_all_accounted_for(tmp_path):
    folder = tmp_path / "in"
    expected = 0
    for number in range(300):
        rows = number % 7 + 1
        expected += rows
        path = folder / f"{number % 10}" / f"{number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        body = "id,note\n" + f'{number},"a\nb"\n' * rows
        if number % 3:
            path.write_text(body)
        else:
            path.with_suffix(".csv.gz").write_bytes(gzip.compress(body.encode()))
    done = local_run(folder, "--json", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert {file["status"] for file in document["files"]} == {"processed"}
    totals = document["report"]["totals"]
    assert (totals["received"], totals["processed"]) == (300, 300)
    assert totals["records"] == expected


@pytest.fixture(scope="module")
def empty_day(tmp_path_factory):
    """A good file and an empty one, and the report of a day long before."""
    folder, out = tmp_path_factory.mktemp("in"), tmp_path_factory.mktemp("out")
    (folder / "good.csv").write_text("id\n1\n2\n")
    (folder / "empty.csv").write_text("")
    return local_run(folder, "--date", "2020-02-29", "--out", out), out


def test_the_report_of_an_empty_day_says_0(empty_day):
    done, out = empty_day
    assert done.returncode == 0, done.stderr
    (copied,) = out.glob("reports/daily-reports/date=*/report.json")
    report = json.loads(copied.read_text())
    assert report["date"] == "2020-02-29"
    assert report["totals"]["received"] == 0
    assert report["totals"]["records"] == 0


def test_the_table_names_each_file_and_where_the_report_is(empty_day):
    done, _ = empty_day
    assert done.returncode == 0, done.stderr
    assert "good.csv" in done.stdout
    assert "EMPTY_FILE" in done.stdout
    assert "2 files: 1 processed, 1 rejected; 2 records" in done.stdout
    assert "daily-reports/date=2020-02-29/report.html" in done.stdout.replace("\n", "")


def one_line(done, code):
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("tally: ")
    return last


def test_a_path_that_does_not_exist_is_bad_usage(tmp_path):
    assert "nowhere.csv" in one_line(local_run(tmp_path / "nowhere.csv"), 2)


def test_a_date_that_is_none_is_bad_usage(tmp_path):
    assert "--date" in one_line(local_run("--date", "2026-02-30"), 2)


def test_a_broken_asl_file_is_named_in_one_line(tmp_path):
    project = tmp_path / "project"
    for name in ("app.py", "cdk.json"):
        shutil.copy(ROOT / name, project.joinpath(name).parent.mkdir(exist_ok=True) or project)
    for name in ("stacks", "functions", "statemachines", "requirements"):
        shutil.copytree(ROOT / name, project / name)
    (project / ".venv").symlink_to(Path(sys.prefix))
    asl = project / "statemachines" / "process_file.asl.json"
    asl.write_text(asl.read_text().replace('"StartAt"', '"StartsAt"', 1))
    (tmp_path / "a.csv").write_text("id\n1\n")
    done = local_run("--project", project, tmp_path / "a.csv", "--out", tmp_path / "out")
    said = one_line(done, 1)
    assert "-processing: " in said
    assert "Field 'StartsAt' is not supported at /" in said
    assert "These fields are required: [StartAt] at /" in said
