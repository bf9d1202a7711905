"""Export of the dataset folder: byte-identical files for unchanged records."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app import models as m
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.dataset import check, export
from app.services.dataset.folder import read_folder
from app.services.dataset.loaded_dataset import loaded_digest
from app.services.dataset.yaml_writer import file_text
from app.services.records.audit_log import ChangeAuthor
from app.services.records.commit import commit_edits
from app.services.records.input_models import full_dict, input_model, sparse_dict
from app.services.records.record_edit import RecordEdit
from app.services.store.opening import open_store
from tests import factories
from tests.helpers import SHIPPED, fill_store
from tests.params import SOME_STORE

ABOUT = """# Said by hand.
release: in the making
coverage:
  - {rows_of: claims, rows: 4, published: 4, collection: claims, records: 4, withheld: []}
"""


def folder_bytes(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*.yaml")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Made-up records over several files, in the canonical form."""
    content = factories.dataset(4)
    root = tmp_path / "data"
    for name in content:
        factories.write_folder(root / name[:3], {name: content[name]}, f"{name}.yaml")
    (root / "about.yaml").write_text(ABOUT)
    export.write_files(root, export.render_folder(read_folder(root)))
    return root


def exported(address: str, root: Path, *edits: RecordEdit) -> dict[str, str]:
    store = fill_store(address, root)
    if edits:
        with store.write() as session:
            commit_edits(session, list(edits), ChangeAuthor("anna", "ben"))
    with store.read() as session:
        return export.render_store(session)


def edit(name: str, draft: dict[str, Any] | None) -> RecordEdit:
    collection, slug = name.split("/")
    resource = RESOURCES[collection]
    made = input_model(resource).model_validate(draft) if draft else None
    return RecordEdit(resource, slug, made, "Why.")


def test_exporting_an_unchanged_store_gives_identical_files(address: str, root: Path) -> None:
    before = folder_bytes(root)
    assert export.write_files(root, exported(address, root)) == []
    assert folder_bytes(root) == before


@SOME_STORE
def test_exporting_the_shipped_dataset_gives_identical_files(address: str, tmp_path: Path) -> None:
    """In the canonical form: `kkb format` brings a folder to it."""
    folder = read_folder(SHIPPED)
    form = tmp_path / "form"
    form.mkdir()
    export.write_files(form, export.render_folder(folder))
    again = read_folder(form)
    drafts = {(e.resource.name, e.slug): full_dict(e.draft) for e in folder.entries}
    assert {(e.resource.name, e.slug): full_dict(e.draft) for e in again.entries} == drafts
    assert export.write_files(form, exported(address, form)) == []


def test_one_change_modifies_one_file(address: str, root: Path) -> None:
    new = sparse_dict(next(e.draft for e in read_folder(root).entries if e.slug == "region-2"))
    files = exported(address, root, edit("regions/region-2", new | {"summary": "Other."}))
    before = folder_bytes(root)
    assert export.write_files(root, files) == ["reg/regions.yaml"]
    lines = zip(
        before["reg/regions.yaml"].splitlines(),
        (root / "reg/regions.yaml").read_bytes().splitlines(),
        strict=True,
    )
    assert [one for one in lines if one[0] != one[1]] == [
        (b"    summary: What it is.", b"    summary: Other.")
    ]


def test_a_changed_dataset_is_exported_without_its_release_name(address: str, root: Path) -> None:
    """Else a store that is loaded from it would publish another release of that name."""
    about = root / "about.yaml"
    about.write_text(ABOUT.replace("in the making", '"7"'))
    new = sparse_dict(next(e.draft for e in read_folder(root).entries if e.slug == "region-2"))
    files = exported(address, root, edit("regions/region-2", new | {"summary": "Other."}))
    assert files["about.yaml"] == ABOUT.replace("in the making", "unreleased")


def test_the_release_name_is_exported_if_only_the_revision_changed(
    address: str, root: Path
) -> None:
    """As it does when a backup comes back."""
    about = root / "about.yaml"
    about.write_text(ABOUT.replace("in the making", '"7"'))
    store = fill_store(address, root)
    with store.write() as session:
        session.execute(update(m.Dataset).values(revision=99))
        assert export.render_store(session)["about.yaml"] == about.read_text()


def test_a_new_paper_is_exported_to_a_new_file(address: str, root: Path) -> None:
    files = exported(
        address,
        root,
        edit("references/reference-9", factories.record_input("references", 9)),
        edit("studies/study-9", factories.record_input("studies", 9, references=["reference-9"])),
        edit(
            "evidence/evidence-9",
            factories.record_input("evidence", 9, study="study-9", reference="reference-9"),
        ),
    )
    assert export.write_files(root, files) == ["studies/study-9.yaml"]
    paper = yaml.safe_load(files["studies/study-9.yaml"])
    assert list(paper) == ["studies", "references", "evidence"]
    assert check.check_folder(root).errors == []


def test_withdrawn_records_are_removed_and_empty_files_are_deleted(
    address: str, root: Path
) -> None:
    files = exported(address, root, *(edit(f"pathways/pathway-{n}", None) for n in range(4)))
    assert export.write_files(root, files) == ["pat/pathways.yaml"]
    assert not (root / "pat/pathways.yaml").exists()
    assert check.check_folder(root).errors == []


def test_the_coverage_count_is_updated_and_comments_are_preserved(address: str, root: Path) -> None:
    claim = factories.record_input("claims", 9, absence="not_searched")
    files = exported(address, root, edit("claims/claim-9", claim))
    export.write_files(root, files)
    text = (root / "about.yaml").read_text()
    assert text.startswith(ABOUT)
    assert export.CURATED_COVERAGE in text
    assert check.check_folder(root).errors == []
    store = open_store("sqlite://")
    bootstrap.migrate_and_rebuild(store)
    assert bootstrap.load(store, read_folder(root))
    with store.write() as session:
        commit_edits(session, [edit("claims/claim-9", None)], ChangeAuthor("anna"))
        again = export.render_store(session)
    assert again["about.yaml"] == ABOUT


def test_loading_an_exported_folder_changes_nothing(
    address: str, root: Path, tmp_path: Path
) -> None:
    store = fill_store(address, root)
    with store.write() as session:
        new = factories.record_input("claims", 9, absence="not_searched")
        commit_edits(session, [edit("claims/claim-9", new)], ChangeAuthor("anna"))
        files = export.render_store(session)
        digest = loaded_digest(session)
    out = tmp_path / "out"
    out.mkdir()
    export.write_files(out, files)
    assert not bootstrap.load(store, read_folder(out))
    with store.read() as session:
        assert loaded_digest(session) != digest
        assert export.render_store(session).keys() == files.keys()


def test_a_folder_that_is_not_a_dataset_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(export.NotADatasetFolderError):
        export.write_files(tmp_path, {"about.yaml": "release: '1'\n"})
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_new_records_go_to_the_files_that_their_collection_declares(tmp_path: Path) -> None:
    """Each collection in its own file, a note with its study, a reference with what names it."""
    folder = read_folder(factories.write_folder(tmp_path, factories.dataset(3)))
    assert not folder.errors
    new = [export.Positioned(entry.resource, entry.draft, None, 0) for entry in folder.entries]
    files = {name: list(yaml.safe_load(text)) for name, text in export.render_files(new).items()}
    assert files["entities/compounds.yaml"] == ["compounds"]
    assert files["claims/new.yaml"] == ["claims"]
    assert files["studies/study-1.yaml"] == ["studies", "evidence"]
    assert {name for name, kept in files.items() if "references" in kept} == {
        "entities/indications.yaml"
    }, "their first referrers are regulators' acts"


VALUES = st.recursive(
    st.text(max_size=200).map(str.strip)
    | st.integers(-(2**31), 2**31)
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["no", "2019-03-05", "1:5", "0x1", "1e3", "~", "null", "", "a: b", "#x"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(st.sampled_from(["slug", "text", "rows"]), VALUES), max_size=3))
@example(
    [{"slug": "0\x850"}, {"text": "a\u2028b\n\u2029c"}, {"text": ["a\x0b\x0c\x1c\r\ufeffb\n" * 20]}]
)
def test_any_exported_value_is_read_back_unchanged(records: list[dict[str, Any]]) -> None:
    text = file_text({"claims": records})
    assert (yaml.safe_load(text) or {"claims": []})["claims"] == records
