"""`tally upload`: what is sent, and what became of it."""

from tests.builders.uploads import lines


def test_files_are_uploaded_followed_and_left_alone_when_they_are_there(world, tally, tmp_path):
    folder = tmp_path / "march"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.csv").write_bytes(lines(3))
    (folder / "inner" / "b.csv").write_bytes(lines(4))
    first = tally("upload", folder, "--prefix", "up/", "--wait", "--json")
    assert first.code == 0, first
    counted = {each["key"]: each["record"]["records"] for each in first.json}
    assert counted == {"up/a.csv": 3, "up/inner/b.csv": 4}
    (folder / "a.csv").write_bytes(lines(5))
    second = tally("upload", folder, "--prefix", "up/", "--wait", "--json")
    states = {each["key"]: (each["state"], each["became"]) for each in second.json}
    assert states == {
        "up/a.csv": ("uploaded", "processed"),
        "up/inner/b.csv": ("unchanged", "processed"),
    }
    assert {each["key"]: each["record"]["records"] for each in second.json} == {
        "up/a.csv": 5,
        "up/inner/b.csv": 4,
    }


def test_a_large_file_arrives_whole_though_it_goes_in_parts(world, tally, tmp_path):
    big = tmp_path / "big.csv"
    big.write_bytes(lines(1_300_000))
    assert big.stat().st_size > 8 << 20
    done = tally("upload", big, "--wait", "--json")
    assert done.code == 0, done.out
    assert done.json[0]["record"]["records"] == 1_300_000
    found = world.clients.s3.head_object(Bucket=world.deployment.raw_bucket, Key="big.csv")
    assert found["ETag"].strip('"').endswith("-2")
    assert tally("upload", big, "--json").json[0]["state"] == "unchanged"
    odd = tmp_path / "bell \x07.csv"  # boto3 cannot read what S3 answers about its parts
    odd.hardlink_to(big)
    assert tally("upload", odd, "--json").json[0]["state"] == "uploaded"
    found = world.clients.s3.head_object(Bucket=world.deployment.raw_bucket, Key=odd.name)
    assert (found["ContentLength"], "-" in found["ETag"]) == (big.stat().st_size, False)


def test_an_upload_that_is_rejected_is_named_and_exits_with_1(world, tally, tmp_path):
    (tmp_path / "nothing.csv").write_bytes(b"")
    done = tally("upload", tmp_path / "nothing.csv", "--wait")
    assert done.code == 1
    assert "rejected" in done.out
    assert "EMPTY_FILE" in done.out
    again = tally("upload", tmp_path / "nothing.csv", "--wait")
    assert (again.code, again.out.splitlines()[0]) == (1, done.out.splitlines()[0])
    assert "1 rejected (1 had been there before)" in again.out
    assert tally("upload", tmp_path / "nothing.csv").code == 0


def test_an_upload_that_was_broken_off_is_followed_when_it_is_run_again(world, tally, tmp_path):
    (tmp_path / "resumed.csv").write_bytes(lines(2))
    with world.broken("CountRecords"):
        assert tally("upload", tmp_path / "resumed.csv").code == 0
        again = tally("upload", tmp_path / "resumed.csv", "--wait", "--json")
    assert again.code == 1
    (one,) = again.json
    assert (one["state"], one["became"]) == ("unchanged", "failed")
    assert one["problem"].startswith("Runtime.ImportModuleError: Unable to import module")
    assert tally("redrive", one["execution"]).code == 0


def test_a_declaration_travels_with_the_file_and_the_answer_says_how_it_was_read(
    world, tally, tmp_path
):
    file = tmp_path / "declared.csv"
    file.write_bytes("1;caf\xe9\n2;th\xe9\n".encode("latin-1"))
    words = ("--encoding", "iso-8859-1", "--delimiter", ";", "--no-header")
    done = tally("upload", file, "--wait", *words)
    assert done.code == 0, done
    assert "2 records; csv; cp1252; delimiter ';'" in done.out
    found = world.clients.s3.head_object(Bucket=world.deployment.raw_bucket, Key="declared.csv")
    assert found["ContentType"] == 'text/csv; charset=iso-8859-1; header=absent; delimiter=";"'
    assert tally("upload", file, *words, "--json").json[0]["state"] == "unchanged"
    otherwise = tally("upload", file, "--encoding", "iso-8859-1", "--wait", "--json").json[0]
    assert (otherwise["state"], otherwise["record"]["records"]) == ("uploaded", 1)
    shown = tally("show", otherwise["execution"].rpartition(":")[2]).out
    assert "read as 1 records; csv; cp1252" in shown


def test_what_was_counted_is_declared_and_compared(world, tally, tmp_path):
    (tmp_path / "a.csv").write_bytes(lines(3))
    (tmp_path / "bad.csv").write_bytes(b'id\n"never closed\n')
    done = tally("upload", tmp_path, "--prefix", "declared/", "--declare", "--wait", "--json")
    sent, left = done.json
    assert done.code == 1
    assert sent["record"]["declared"]["records"] == 3
    assert set(sent["record"]["declared"]) == {"records", "bytes", "sha256"}
    assert (left["state"], left["problem"][:23]) == ("failed", "not sent: MALFORMED_CSV")
    found = world.clients.s3.list_objects_v2(
        Bucket=world.deployment.raw_bucket, Prefix="declared/bad"
    )
    assert found["KeyCount"] == 0


def test_a_file_that_lost_rows_on_its_way_is_rejected(world):
    world.clients.s3.put_object(
        Bucket=world.deployment.raw_bucket,
        Key="declared/short.csv",
        Body=lines(2),
        Metadata={"records": "3"},
    )
    (letter,) = world.letters("declared/short.csv", 60)
    assert letter["code"] == "COUNT_MISMATCH"
    assert "declared 3 records, and 2 arrived" in letter["message"]
