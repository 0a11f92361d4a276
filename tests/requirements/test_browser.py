"""Which browser the tests of pages get."""

import pytest

from requirements import browser

SHELL, WHOLE = "chromium-headless-shell", "chromium"


@pytest.fixture(autouse=True)
def without_a_named_one(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)


@pytest.fixture
def machine(monkeypatch):
    """A machine of root's with these packages to be had and nothing else; what is installed."""

    def of(*offered):
        installed = set()

        def works(*commands):
            wanted = commands[-1][-1]
            if commands == (browser.FETCH,) or (
                wanted in browser.PACKAGES and wanted not in offered
            ):
                return False
            installed.add(wanted)
            return True

        monkeypatch.setattr(browser, "works", works)
        monkeypatch.setattr(browser, "is_there", lambda: bool(installed & set(browser.PACKAGES)))
        monkeypatch.setattr(browser.os, "geteuid", lambda: 0)
        monkeypatch.setattr(browser.shutil, "which", lambda name: f"/usr/bin/{name}")
        browser.main()
        return installed & set(browser.PACKAGES)

    return of


def test_the_headless_shell_is_taken_where_the_whole_browser_is_there_too(monkeypatch):
    monkeypatch.setattr(browser.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert browser.found() == f"/usr/bin/{SHELL}"


def test_the_whole_browser_is_taken_where_it_is_the_only_one(monkeypatch):
    monkeypatch.setattr(browser.shutil, "which", lambda name: name if name == WHOLE else None)
    assert browser.found() == WHOLE


def test_a_browser_that_the_user_names_comes_before_all_others(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/opt/own")
    assert browser.found() == "/opt/own"


def test_the_shell_alone_is_installed_where_there_is_a_package_of_it(machine):
    assert machine(SHELL, WHOLE) == {SHELL}


def test_the_whole_browser_is_installed_where_no_package_of_the_shell_is(machine):
    assert machine(WHOLE) == {WHOLE}


def test_one_line_says_that_no_browser_can_be_had(machine, capsys):
    assert machine() == set()
    assert "install chromium" in capsys.readouterr().out
