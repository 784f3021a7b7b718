"""The folder that serves as a broker."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty

import pytest

from harness.hub.broker import create_celery
from harness.hub.folder_transport import FolderChannel
from tests.hub.conftest import settings_at


@contextmanager
def open_broker(folder: Path) -> Iterator[FolderChannel]:
    """The broker of a hub whose home is `folder`."""
    with create_celery(settings_at(folder)).connection_for_write() as connection:
        yield connection.default_channel


def test_messages_come_out_whole_and_in_the_order_they_went_in(tmp_path: Path) -> None:
    with open_broker(tmp_path) as broker:
        for number in range(5):
            broker._put("letters", {"number": number})
        assert [broker._get("letters")["number"] for _ in range(5)] == list(range(5))


def test_a_message_goes_to_one_reader_only(tmp_path: Path) -> None:
    with open_broker(tmp_path) as one, open_broker(tmp_path) as other:
        for number in range(10):
            one._put("letters", number)
        taken = [reader._get("letters") for _ in range(5) for reader in (one, other)]
        assert sorted(taken) == list(range(10))
        with pytest.raises(Empty):
            one._get("letters")


def test_a_message_that_is_still_being_written_is_not_read(tmp_path: Path) -> None:
    with open_broker(tmp_path) as broker:
        broker._put("letters", "whole")
        whole = next((tmp_path / "broker" / "messages").iterdir())
        whole.rename(whole.with_suffix(".draft"))
        with pytest.raises(Empty):
            broker._get("letters")


def test_a_message_for_another_queue_is_left_alone(tmp_path: Path) -> None:
    with open_broker(tmp_path) as broker:
        broker._put("parcels", "mine")
        with pytest.raises(Empty):
            broker._get("letters")
        assert broker._get("parcels") == "mine"


def test_nothing_stays_behind_of_a_message_that_was_read(tmp_path: Path) -> None:
    with open_broker(tmp_path) as broker:
        broker._put("letters", "text")
        broker._get("letters")
    assert not [*(tmp_path / "broker" / "messages").iterdir(), *(tmp_path / "broker" / "taken").iterdir()]
