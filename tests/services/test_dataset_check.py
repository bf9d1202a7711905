"""`kkb check` and `kkb load`: every error at once with its line; all or nothing."""

import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.services import bootstrap
from app.services.dataset import check
from app.services.dataset.folder import read_folder
from app.services.dataset.loaded_dataset import loaded_digest
from app.services.store.opening import open_store
from app.services.store.revision import current_revision, records_per_collection
from tests import factories
from tests.helpers import SHIPPED

BASE: dict[str, Any] = factories.dataset(2)
#: Four of three people: what only the database's own rule finds.
IMPOSSIBLE: dict[str, Any] = {
    "arms": [{"key": "a", "name": "a", "n": 3, "events": 4}],
    "timepoint_absence": "not_stated",
}


def errors(tmp_path: Path, text: str) -> list[str]:
    """The errors of a whole dataset with one more file."""
    root = factories.write_folder(tmp_path / "data", BASE)
    (root / "zz.yaml").write_text(text, "utf-8")
    return [str(error) for error in check.check_folder(root).errors]


def test_a_whole_dataset_has_no_error(tmp_path: Path) -> None:
    folder = check.check_folder(factories.write_folder(tmp_path / "data", BASE))
    assert folder.errors == []
    assert check.count_records(folder) == dict.fromkeys(BASE, 2)
    assert len(BASE) == 17


def changed(tmp_path: Path, collection: str, **fields: Any) -> list[str]:
    """The errors of a whole dataset in which the second record of a collection differs."""
    first, second = BASE[collection]
    root = factories.write_folder(
        tmp_path / "data", {**BASE, collection: [first, {**second, **fields}]}
    )
    return [error.message for error in check.check_folder(root).errors]


def reading(text: str) -> list[dict[str, str]]:
    return [{"audience": "plain", "text": text}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It works [evidence-0].", "cites 'evidence-0', which is not a note on this claim"),
        ("It works [evidence-1].\nIn 71% [evidence-1].", "states 71, which is in none"),
        ("In 10 people it works.", "states 10, which is in none of the notes that it cites"),
        ("It works [evidence-1", "end a sentence with the notes it rests on"),
    ],
)
def test_a_reading_says_only_what_its_notes_say(tmp_path: Path, text: str, words: str) -> None:
    (error,) = changed(tmp_path, "claims", readings=reading(text))
    assert words in error


def test_a_figure_in_a_cited_note_or_its_study_may_be_told(tmp_path: Path) -> None:
    text = "In 4 of 10 people (40.0%), registered as NCT00000001 in 2006 [evidence-1]."
    assert changed(tmp_path, "claims", readings=reading(text)) == []


def test_figures_need_a_time_point_or_a_reason_for_none(tmp_path: Path) -> None:
    (error,) = changed(tmp_path, "evidence", timepoint_absence=None)
    assert "has 2 figure(s) without a time-point" in error
    timed = {"timepoint_absence": None, "timepoint_value": 1, "timepoint_unit": "day"}
    assert changed(tmp_path, "evidence", **timed) == []


@pytest.mark.parametrize("absence", ["study_not_read", "no_figure"])
def test_a_computed_absence_is_not_written(tmp_path: Path, absence: str) -> None:
    errors = changed(tmp_path, "claims", absence=absence)
    assert any(f"`{absence}` is computed" in error for error in errors)


@pytest.mark.parametrize("word", ["weak", "untested"])
def test_an_editor_overrides_with_a_word_of_the_rule(tmp_path: Path, word: str) -> None:
    override = {"override_verdict": word, "override_reason": "Why."}
    (error,) = changed(tmp_path, "claims", **override)
    assert "Write one of" in error
    assert "suggestive" in error
    assert changed(tmp_path, "claims", **(override | {"override_verdict": "suggestive"})) == []


COMPOUND = "compounds:\n  - slug: x\n    name: X\n    summary: S.\n    kind: {}\n"
REFERENCE = (
    "references:\n  - slug: r\n    name: R\n    summary: S.\n    kind: article\n"
    "    citation_confidence: high\n    {}\n"
)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("compounds: [", 1, "expected the node content"),
        ("a: &x 1\nb: *x\n", 2, "aliases are not allowed"),
        ("compounds: []\ncompounds: []\n", 2, "duplicate key"),
        ("compound: []\n", 1, "unknown collection 'compound'. Did you mean compounds"),
        ("compounds:\n  a: 1\n", 1, "must be a list"),
        ("- a\n", 1, "map collections"),
        (COMPOUND.format("drug"), 5, "not in the vocabulary"),
        (COMPOUND.format("comparator") + "    smile: C\n", 6, "Did you mean smiles"),
        (COMPOUND.format("comparator") + "    inchikey: ABC\n", 6, "is not an InChIKey"),
        (COMPOUND.format("comparator") + "    xrefs: [{curie: 'chembl:1'}]\n", 6, "prefix"),
        (COMPOUND.format("comparator") + "    xrefs: [{curie: 'drugbank:1'}]\n", 6, "CURIE"),
        (COMPOUND.format("comparator").replace("x", "X y"), 2, "is not a slug"),
        (COMPOUND.format("comparator").replace("x\n", "compound-1\n"), 2, "duplicate compound"),
        (
            COMPOUND.format("comparator")
            + "    relations: [{relation: metabolite_of, compound: compound-9}]\n",
            6,
            "unknown compound 'compound-9'. Did you mean compound-",
        ),
        (REFERENCE.format("doi: nature17998"), 7, "is not a DOI"),
        (REFERENCE.format("pmid: 'PMID 1'"), 7, "is not a PubMed id"),
        (REFERENCE.format("doi: 10.1000/x1"), 7, "is already used by"),
        (REFERENCE.format("year: 2019-03-05"), 7, "reads it as a date"),
        (REFERENCE.format("year: two"), 7, "valid integer"),
        (REFERENCE.format("authors: [Li J, et al.]"), 7, "'et al.' is no author"),
        (REFERENCE.format("year: 1").replace("name: R", "name: reference-1"), 3, "could be taken"),
        (REFERENCE.format("title: |\n      On\n      two"), 7, "title: must be one line"),
        (REFERENCE.format("year: 2019"), 2, "not cited by any record"),
        (
            REFERENCE.format("year: 2019").replace("high", "low"),
            6,
            "low-confidence row is never published",
        ),
    ],
)
def test_an_error_is_named_with_file_and_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    found = errors(tmp_path, text)
    assert any(f.startswith(f"zz.yaml:{line}: ") and words in f for f in found), found


def question(**fields: Any) -> dict[str, Any]:
    """The question of a claim, with some fields changed."""
    return {**deepcopy(BASE["claims"][0]["question"]), **fields}


@pytest.mark.parametrize(
    ("collection", "fields", "words"),
    [
        ("studies", {"design": "in_vitro_experiment", "n_randomised": 9}, "has no participants"),
        ("studies", {"design": "structural", "n_analysed": 9}, "has no participants"),
        ("evidence", {"route": "in_vitro"}, "route in_vitro needs one of ex_vivo_experiment"),
        (
            "evidence",
            {"design": "in_vitro_experiment", "participants": 9},
            "in_vitro_experiment has no participants",
        ),
        (
            "claims",
            {"question": question(population=["indication-9"])},
            "question: unknown indication 'indication-9'",
        ),
        (
            "claims",
            {"question": question(window_hours={"target": 1, "earliest": 4, "latest": 72})},
            "`earliest` <= `target` <= `latest` does not hold",
        ),
        (
            "claims",
            {"question": question(relation="threshold")},
            "`threshold` is needed for the relation threshold",
        ),
        (
            "claims",
            {"question": question(relation="regulatory_status")},
            "`statuses` are needed for the relation regulatory_status",
        ),
        (
            "claims",
            {"question": question(jurisdictions=["US"])},
            "`jurisdictions` are needed for the relation regulatory_status, and only for it",
        ),
        ("claims", {"question": question(outcomes=["joy"])}, "'joy' is not in the vocabulary"),
        ("claims", {"searched_to": "2026-02-30"}, "is not a day, such as 2026-11-25"),
        ("claims", {"short_answer": "x" * 161}, "at most 160"),
    ],
)
def test_parts_in_vitro_questions_and_dates_are_checked(
    tmp_path: Path, collection: str, fields: dict[str, Any], words: str
) -> None:
    messages = changed(tmp_path, collection, **fields)
    assert any(words in message for message in messages), messages


def test_a_cycle_of_further_reports_is_one_error(tmp_path: Path) -> None:
    first, second = BASE["studies"]
    links = {"study-1": "study-3", "study-2": "study-1", "study-3": "study-2"}
    reports = [
        {**deepcopy(second), "slug": slug, "name": f"Report {slug}", "unit_of": [unit]}
        for slug, unit in links.items()
    ]
    root = factories.write_folder(tmp_path / "data", {**BASE, "studies": [first, *reports]})
    messages = [error.message for error in check.check_folder(root).errors]
    cycles = [message for message in messages if "further report of itself" in message]
    assert len(cycles) == 1
    assert "study-1 → study-3 → study-2 → study-1" in cycles[0]


def test_a_further_report_has_the_trial_group_of_its_study(tmp_path: Path) -> None:
    assert changed(tmp_path, "studies", trial_group="trial-7") == [
        "trial_group: 'study-1' is a further report of 'study-0', whose `trial_group` is"
        " 'trial-0', not 'trial-7'"
    ]


def test_a_missing_reference_a_bad_unit_and_a_broken_rule_are_found(tmp_path: Path) -> None:
    affinity = factories.record_input("affinities", 9, reference="nobody", published_unit="grams")
    claim = factories.record_input("claims", 9)
    found = errors(tmp_path, yaml.safe_dump({"affinities": [affinity]}))
    assert any("'grams' is not in the vocabulary" in f for f in found)
    affinity["published_unit"] = "uM"
    note = factories.record_input("evidence", 9, **IMPOSSIBLE)
    rest = {"affinities": [affinity], "claims": [claim], "evidence": [note]}
    found = errors(tmp_path, yaml.safe_dump(rest))
    assert any("unknown reference 'nobody'" in f for f in found)
    assert any("claim 'claim-9' has no evidence note" in f for f in found)
    found = errors(tmp_path, yaml.safe_dump({"evidence": [note]}))
    assert len(found) == 1
    assert "ck_arm_events_within_n" in found[0]


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    text = COMPOUND.format("drug") + "receptors: 3\nreferences:\n  - slug: q\n"
    assert len(errors(tmp_path, text)) >= 5


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("claims.yml", "claims.yml: this file is not read: rename it to claims.yaml"),
        ("sub/CLAIMS.YAML", "sub/CLAIMS.YAML: this file is not read: rename it to CLAIMS.yaml"),
        ("claims.json", "claims.json: this file is not read: the name of a dataset file ends"),
        ("claims.yaml.bak", "claims.yaml.bak: this file is not read"),
    ],
)
def test_a_file_that_is_not_read_is_an_error(tmp_path: Path, name: str, words: str) -> None:
    root = factories.write_folder(tmp_path / "data", BASE)
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("claims: []\n")
    (root / "README.md").write_text("About.")
    (root / ".hidden").write_text("x")
    (error,) = read_folder(root).errors
    assert str(error).startswith(words)


def test_a_linked_folder_and_a_missing_one_are_errors(tmp_path: Path) -> None:
    root = factories.write_folder(tmp_path / "data", BASE)
    factories.write_folder(tmp_path / "other", BASE)
    (root / "linked").symlink_to(tmp_path / "other", target_is_directory=True)
    (error,) = read_folder(root).errors
    assert str(error) == "linked: this file is not read: a link to a folder is not followed"
    for path, words in ((tmp_path / "none", "no such folder"), (root / "all.yaml", "not a folder")):
        (error,) = read_folder(path).errors
        assert (error.file, error.line) == (str(path), 0)
        assert words in error.message


def test_an_empty_about_file_is_an_error(tmp_path: Path) -> None:
    root = factories.write_folder(tmp_path / "data", BASE)
    (root / "about.yaml").write_text("# later\n")
    (error,) = read_folder(root).errors
    assert str(error) == "about.yaml:1: release: Field required"


#: One line of a shipped file, its replacement, and the beginning of the only error.
ONE_WRONG_LINE = [
    (
        "entities/compounds.yaml",
        "  - slug: ketamine\n",
        "  - slug: ketamin\n",
        "entities/compounds.yaml:2: slug: compound 'ketamine' does not exist and is referred to in",
    ),
    (
        "entities/compounds.yaml",
        "    name: ketamine\n",
        "    naem: ketamine\n",
        "entities/compounds.yaml:3: naem: unknown field. Did you mean name",
    ),
    (
        "entities/compounds.yaml",
        "  - slug: ketamine\n    name",
        "  - slug ketamine\n    name",
        "entities/compounds.yaml:3: ",
    ),
    (
        "entities/compounds.yaml",
        "compounds:\n",
        "compuonds:\n",
        "entities/compounds.yaml:1: unknown collection 'compuonds'. Did you mean compounds",
    ),
    (
        "studies/daly-2018.yaml",
        "    masking: ",
        "    maskign: ",
        "studies/daly-2018.yaml:{line}: maskign: unknown field. Did you mean masking",
    ),
    (
        "studies/daly-2018.yaml",
        "  - slug: daly-2018\n",
        "  - slug: daly-2081\n",
        "studies/daly-2018.yaml:2: slug: study 'daly-2018' does not exist",
    ),
    (
        "studies/abbar-2022.yaml",
        "    pmid: '35110300'\n",
        "    pmid: 35110300\n",
        "studies/abbar-2022.yaml:{line}: pmid: quote it: YAML reads 35110300 as a number",
    ),
    (
        "studies/abbar-2022.yaml",
        "\nreferences:\n",
        "\n",
        "studies/abbar-2022.yaml:{line}: this is no study: does a line `references:` miss above",
    ),
    (
        "studies/canuso-2018.yaml",
        "\nevidence:\n",
        "\n",
        "studies/canuso-2018.yaml:{line}: this is no reference: does a line `evidence:` miss above",
    ),
    (
        "studies/abbar-2022.yaml",
        "    reference: abbar-2022\n",
        "    reference: abar-2022\n",
        "studies/abbar-2022.yaml:{line}: reference: unknown reference 'abar-2022'. Did you mean",
    ),
]


@pytest.mark.parametrize(("file", "line", "wrong", "words"), ONE_WRONG_LINE)
def test_one_wrong_line_is_one_error(
    tmp_path: Path, file: str, line: str, wrong: str, words: str
) -> None:
    root = Path(shutil.copytree(SHIPPED, tmp_path / "data"))
    text = (root / file).read_text("utf-8")
    before, _, _ = text.partition(line.lstrip("\n"))
    (root / file).write_text(text.replace(line, wrong, 1), "utf-8")
    (error,) = read_folder(root).errors
    assert str(error).startswith(words.replace("{line}", str(before.count("\n") + 1)))


def test_independent_errors_are_all_reported(tmp_path: Path) -> None:
    root = Path(shutil.copytree(SHIPPED, tmp_path / "data"))
    for file, line, wrong, _ in ONE_WRONG_LINE[1::3]:
        text = (root / file).read_text("utf-8")
        (root / file).write_text(text.replace(line, wrong, 1), "utf-8")
    assert len(read_folder(root).errors) == 3


def test_loading_is_idempotent_and_a_bad_folder_changes_nothing(
    tmp_path: Path, address: str
) -> None:
    root = factories.write_folder(tmp_path / "data", BASE)
    store = open_store(address)
    bootstrap.migrate_and_rebuild(store)
    assert bootstrap.load(store, read_folder(root))
    assert not bootstrap.load(store, read_folder(root))
    with store.read() as session:
        before = (current_revision(session), records_per_collection(session))
    note = factories.record_input("evidence", 9, **IMPOSSIBLE)
    factories.write_folder(root, {"evidence": [note]}, "bad.yaml")
    with pytest.raises(Exception, match="ck_arm_events_within_n"):
        bootstrap.load(store, read_folder(root))
    factories.write_folder(root, {"nonsense": []}, "bad.yaml")
    with pytest.raises(ValueError, match="errors"):
        bootstrap.load(store, read_folder(root))
    with store.read() as session:
        assert (
            current_revision(session),
            records_per_collection(session),
        ) == before


def test_records_may_point_forward_and_at_their_own_kind(tmp_path: Path, address: str) -> None:
    content = factories.dataset(2)
    content["regions"].reverse()
    root = factories.write_folder(tmp_path / "data", content)
    store = open_store(address)
    bootstrap.migrate_and_rebuild(store)
    assert bootstrap.load(store, read_folder(root))
    with store.read() as session:
        assert loaded_digest(session) == read_folder(root).digest
