"""What a manifest lists comes back from where it is stored, whole and by the file."""

from hypothesis import given
from hypothesis import strategies as st

from functions.core import keys
from functions.core.deliveries.listing import unpacked
from tests.builders.deliveries import DATE, listing

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
FIGURES = st.none() | st.integers(0, 10**18)
FILES = st.lists(st.tuples(NAMES, FIGURES, FIGURES), unique_by=lambda each: each[0], max_size=30)


@given(FILES)
def test_every_file_is_in_the_whole_and_in_its_own_share(files):
    said = listing(*files)
    stored = dict(said.stored())
    whole = keys.listing_key(DATE, said.key, said.version_id)
    assert unpacked(stored[whole]) == said
    assert list(stored)[-1] == whole
    for each in said.files:
        place = keys.share_prefix(DATE, "in/", each.key)
        (share,) = [content for key, content in stored.items() if key.startswith(place)]
        assert each in unpacked(share).files


def test_a_retry_stores_the_same_again():
    said = listing(("in/a.csv", 1, 2), ("in/b.csv",))
    assert list(said.stored()) == list(said.stored())


def test_a_manifest_of_many_files_is_257_objects_and_a_share_is_small():
    said = listing(*[(f"in/{number}.csv", number, 1) for number in range(20_000)])
    stored = list(said.stored())
    assert len(stored) == 257
    assert max(len(content) for _, content in stored[:-1]) < 2_000
    assert len(stored[-1][1]) < 200_000
