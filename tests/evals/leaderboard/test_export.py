"""The static site: complete, closed in itself, and the same pages as live."""

import hashlib
import posixpath
import tomllib
from urllib.parse import unquote, urlsplit

import pytest

from evals.leaderboard.assets import STATIC_FOLDER, static_files
from evals.leaderboard.export import Site, render_site
from tests.evals.leaderboard import made_up
from tests.evals.leaderboard.markup import read

VENDOR = STATIC_FOLDER / "vendor"


def target(path: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(urlsplit(address).path)))


@pytest.mark.parametrize("site", [made_up.site(samples=60), Site()], ids=["full", "empty"])
def test_every_link_and_file_of_the_site_is_in_it(site: Site) -> None:
    files = dict(render_site(site))
    assert {"index.html", "passk.html", "boundary.html", "runs.html", "static/page.css"} <= set(files)
    for path, content in files.items():
        if path.endswith(".html"):
            page = read(content.decode())
            for address in page.loads + page.links:
                assert not urlsplit(address).scheme
                assert not urlsplit(address).netloc
                assert target(path, address) in files, f"{path} -> {address}"


def test_every_page_can_be_reached_from_the_first() -> None:
    files = dict(render_site(made_up.site(samples=120)))
    reached, waiting = {"index.html"}, ["index.html"]
    while waiting:
        path = waiting.pop()
        for link in read(files[path].decode()).links:
            found = target(path, link)
            if found.endswith(".html") and found not in reached:
                reached.add(found)
                waiting.append(found)
    assert reached == {path for path in files if path.endswith(".html")}


def test_paths_are_plain_and_do_not_repeat() -> None:
    paths = [path for path, _ in render_site(made_up.site(samples=20))]
    assert len({path.lower() for path in paths}) == len(paths)
    for path in paths:
        assert posixpath.normpath(path) == path
        assert not path.startswith(("/", "."))


def test_the_site_ships_every_static_file() -> None:
    files = dict(render_site(Site()))
    assert {f"static/{name}" for name in static_files()} <= set(files)


def test_scripts_are_classic_so_that_pages_open_from_disk() -> None:
    assert 'type="module"' not in dict(render_site(made_up.site(samples=1)))["passk.html"].decode()


def test_vendored_files_are_what_the_lock_file_says() -> None:
    packages = tomllib.loads((VENDOR / "lock.toml").read_text(encoding="utf-8"))["package"]
    for package in packages:
        file = VENDOR / package["file"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == package["sha256"], package["file"]
        assert package["version"] in package["from"]
        assert package["licence"] == "Apache-2.0"
        assert (file.parent / "LICENSE").is_file()
        assert (file.parent / "NOTICE").is_file()
    scripts = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*.js")}
    assert scripts == {package["file"] for package in packages}


def test_our_own_style_and_script_name_no_other_origin() -> None:
    for name in ("page.css", "charts.js", "icon.svg"):
        text = static_files()[name].decode().replace("http://www.w3.org/2000/svg", "")
        assert "//" not in "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//"))
        assert "@import" not in text
