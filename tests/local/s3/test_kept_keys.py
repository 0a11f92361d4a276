"""The keys of a kept bucket: all are known, and the versions of a few are in memory."""

import gc
from itertools import count

import pytest
from moto.s3 import models

from local.kept.database import Database
from local.moto_patches import s3
from local.moto_patches.kept_objects import KeptObjects
from local.s3 import kept_keys, names
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
        self.objects.save(self.bucket, keys)

    def read(self, key):
        return [version.value for version in self.bucket.keys.getlist(key, [])]

    def in_memory(self):
        return {name for name in self.bucket.keys if dict.__getitem__(self.bucket.keys, name)}

    def file_count(self):
        return sum(1 for folder in self.files.iterdir() for _ in folder.iterdir())


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_keys, "MOST", MOST)
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
    assert world.file_count() == 9


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
    assert world.file_count() == 5


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
