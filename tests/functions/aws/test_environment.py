"""What a function is told by its environment."""

from functions.aws.environment import environment


def test_words_are_separated_by_blanks_and_none_where_nothing_is_told(monkeypatch):
    monkeypatch.setenv("MUTE_UNUSUAL", "tests/ orders/:late")
    monkeypatch.delenv("IGNORED_KEYS", raising=False)
    told = environment.__wrapped__()
    assert told.mute_unusual == ("tests/", "orders/:late")
    assert (told.ignored_keys, told.report_message) == ((), "text")
