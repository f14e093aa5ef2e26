from __future__ import annotations

import pytest

from tests.support import receipt_of
from thindicators.errors import ThindicatorsError
from thindicators.fetching.snapshots import (
    Fetched,
    Snapshot,
    SnapshotStore,
    by_role,
    receipt_rows,
)


def test_bytes_come_back_as_they_went_in(store: SnapshotStore) -> None:
    kept = store.keep("data", b"\x00\xffbytes", receipt_of(b"\x00\xffbytes"))
    assert store.load("data", kept.receipt) == kept
    assert kept.content == b"\x00\xffbytes"


def test_the_same_bytes_keep_the_receipt_they_came_with_first(store: SnapshotStore) -> None:
    store.keep("data", b"same", receipt_of(b"same"))
    again = store.keep("data", b"same", receipt_of(b"same", retrieved="2026-12-01T10:15:00Z"))
    assert again.receipt.retrieved == "2026-11-22T10:15:00Z"


def test_new_bytes_stand_beside_the_old_ones(store: SnapshotStore) -> None:
    old = store.keep("data", b"old", receipt_of(b"old"))
    new = store.keep("data", b"new", receipt_of(b"new", retrieved="2026-12-01T10:15:00Z"))
    assert store.load("data", old.receipt).content == b"old"
    assert store.load("data", new.receipt).content == b"new"
    assert store.last_answer(old.receipt) == new.receipt


def test_the_sample_edition_never_answers_for_the_live_one(store: SnapshotStore) -> None:
    store.keep("data", b"composed", receipt_of(b"composed", edition="sample"))
    assert store.last_answer(receipt_of(b"")) is None


def test_changed_bytes_are_refused(store: SnapshotStore) -> None:
    kept = store.keep("data", b"figures", receipt_of(b"figures"))
    path = next((store.folder / "bytes").rglob(kept.sha256))
    path.write_bytes(b"figurez")
    with pytest.raises(ThindicatorsError, match="has been changed"):
        store.load("data", kept.receipt)


def test_lost_bytes_are_named(store: SnapshotStore) -> None:
    with pytest.raises(ThindicatorsError, match="cannot be read"):
        store.load("data", receipt_of(b"never kept"))


def test_a_fetch_is_remembered_with_its_roles(store: SnapshotStore) -> None:
    kept = store.keep("data", b"figures", receipt_of(b"figures"))
    fetched = Fetched(
        source="ons_aps",
        checked="2026-11-22T10:15:00Z",
        roles={"data": kept.receipt},
        failure="none",
    )
    store.record(fetched)
    assert store.last_fetch("ons_aps") == fetched
    assert store.load_all(fetched) == {"data": kept}
    assert store.last_fetch("ncmp") is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"source": "ons_aps"}'])
def test_a_damaged_record_of_a_fetch_counts_as_a_failed_fetch(
    store: SnapshotStore, content: bytes
) -> None:
    path = store.folder / "fetched" / "ons_aps.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    found = store.last_fetch("ons_aps")
    assert found is not None
    assert found.roles == {}
    assert found.failure.startswith(f"{path} is damaged")
    store.record(Fetched(source="ons_aps", checked="2026-11-22T10:15:00Z", roles={}))
    again = store.last_fetch("ons_aps")
    assert again is not None
    assert again.failure == ""


def test_a_damaged_record_of_an_answer_is_named_with_what_to_do(store: SnapshotStore) -> None:
    kept = store.keep("data", b"figures", receipt_of(b"figures"))
    [path] = (store.folder / "requests").iterdir()
    path.write_text("{")
    with pytest.raises(ThindicatorsError, match=r"\.json is damaged: .*Delete it and refresh"):
        store.last_answer(kept.receipt)


def test_an_answer_whose_bytes_are_lost_is_asked_for_anew(store: SnapshotStore) -> None:
    kept = store.keep("data", b"figures", receipt_of(b"figures"))
    next((store.folder / "bytes").rglob(kept.sha256)).unlink()
    assert store.last_answer(kept.receipt) is None


def test_two_snapshots_cannot_play_one_part() -> None:
    one = Snapshot("data", b"", receipt_of(b""))
    with pytest.raises(ValueError, match="play the part"):
        by_role([one, one])


def test_a_published_receipt_has_no_validators_and_stands_once() -> None:
    rows = list(
        receipt_rows([receipt_of(b"a", etag='"secret-ish"'), receipt_of(b"a"), receipt_of(b"b")])
    )
    assert len(rows) == 2
    assert "etag" not in rows[0]
