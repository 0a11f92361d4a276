"""The keys of a kept bucket: all are known, and the versions of a few are in memory."""

import gc
from itertools import count

import pytest
from moto.s3 import models

from local.kept.database import Database
from local.moto_patches import s3
from local.moto_patches.kept_objects import KeptObjects
from local.s3 import kept_content, kept_keys, names
from local.s3.kept_content import Contents

MOST = 3


class World:
    """One bucket, in one folder; `again` is the same folder in another process."""

    def __init__(self, folder):
        self.files = folder / "objects"
        self.files.mkdir(exist_ok=True)
        self.database = Database(folder / "world.sqlite3")
        self.contents = Contents(self.files, self.database)
        self.objects = KeptObjects(self.database, self.contents)
        s3.install()
        s3.store_contents_by(self.contents.store)
        names.install(kept_keys.KeptKeyStore)
        self.bucket = models.FakeBucket("raw", "123456789012", "us-east-1")
        self.numbers = count()
        self.objects.load({"raw": self.bucket}, set())

    def put(self, key, body):
        version = models.FakeKey(
            key, body, "123456789012", "us-east-1", version_id=str(next(self.numbers))
        )
        self.bucket.keys[key] = version
        return version

    def save(self, *keys):
        """As a request does it, which is answered after that."""
        self.objects.save(self.bucket, keys)
        self.database.settle()

    def read(self, key):
        return [version.value for version in self.bucket.keys.getlist(key, [])]

    def in_memory(self):
        return {name for name in self.bucket.keys if dict.__getitem__(self.bucket.keys, name)}

    def contents_count(self):
        """How many contents lie in the folder, as rows or as files."""
        files = sum(1 for folder in self.files.iterdir() for _ in folder.iterdir())
        return files + self.database.value("SELECT count(*) FROM contents")


@pytest.fixture(params=[kept_content.ROW_BYTES, -1], ids=["rows", "files"])
def world(tmp_path, monkeypatch, request):
    monkeypatch.setattr(kept_keys, "MOST", MOST)
    monkeypatch.setattr(kept_content, "RECENT", MOST)
    monkeypatch.setattr(kept_content, "ROW_BYTES", request.param)
    made = World(tmp_path)
    yield made
    s3.store_contents_by(None)
    names.install()
    made.database.close()


def fill(world, number, letter="k"):
    for index in range(number):
        name = f"{letter}{index}"
        world.put(name, b"%d" % index)
        world.save(name)
        world.read(name)


def test_a_few_keys_are_in_memory_and_all_can_be_read(world):
    fill(world, 9)
    gc.collect()
    assert len(world.in_memory()) == MOST
    assert [world.read(f"k{index}") for index in range(9)] == [[b"%d" % n] for n in range(9)]
    assert list(world.bucket.keys.names()) == [f"k{index}" for index in range(9)]
    assert world.contents_count() == 9


def test_every_version_is_read_again(world):
    for body in (b"one", b"two"):
        world.put("k", body)
        world.save("k")
    fill(world, 5)
    assert "k" not in world.in_memory()
    assert world.read("k") == [b"one", b"two"]


def test_what_is_not_written_yet_is_not_forgotten(world):
    world.put("new", b"new")
    fill(world, 5)
    assert "new" in world.in_memory()


def test_a_version_that_a_request_still_has_is_the_one_that_is_read_again(world):
    fill(world, 1)
    held = world.bucket.keys["k0"]
    fill(world, 6, "m")
    assert "k0" not in world.in_memory()
    held.lock_legal_status = "ON"
    assert world.bucket.keys["k0"] is held


def test_a_forgotten_version_that_is_deleted_leaves_the_disk(world):
    fill(world, 6)
    assert "k0" not in world.in_memory()
    world.bucket.keys.pop("k0")
    world.save("k0")
    assert "k0" not in world.bucket.keys
    assert world.contents_count() == 5


def test_a_key_that_no_request_touched_is_not_written_again(world):
    fill(world, 6)
    assert "k0" not in world.in_memory()
    world.save("k0")
    assert world.read("k0") == [b"0"]


def test_a_bucket_that_is_loaded_knows_its_keys_and_reads_none(world, tmp_path):
    fill(world, 6)
    world.put("k0", b"later")
    world.save("k0")
    world.database.close()
    again = World(tmp_path)
    assert list(again.bucket.keys.names()) == [f"k{index}" for index in range(6)]
    assert again.in_memory() == set()
    assert again.read("k0") == [b"0", b"later"]
    again.database.close()


def test_a_content_without_an_object_is_removed_at_the_start(world, tmp_path):
    fill(world, 2)
    world.contents.store(b"its process was killed before the object was written")
    world.database.close()
    again = World(tmp_path)
    assert again.contents_count() == 2
    assert again.read("k1") == [b"1"]
    again.database.close()


def test_a_content_is_read_in_pieces(world):
    fill(world, 5)
    stored = world.contents.store(b"0123456789")
    fill(world, 5, "m")
    assert (stored.read(3), stored.read(4), stored.read()) == (b"012", b"3456", b"789")
    stored.seek(8)
    assert stored.read() == b"89"
