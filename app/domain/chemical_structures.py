"""Structures in a query: SMILES and InChI, of a compound itself or of a salt of it."""

import re
from dataclasses import dataclass

from app.domain import inchi
from app.domain.name_variants import NameVariant

#: Formula of the neutral counter-ion in an InChI → salt.
_FORMULAS = {
    "ClH": "hydrochloride",
    "BrH": "hydrobromide",
    "HI": "hydroiodide",
    "H2O4S": "sulfate",
    "H3O4P": "phosphate",
    "HNO3": "nitrate",
    "CH4O3S": "mesylate",
    "H2O": "hydrate",
}
#: SMILES of the counter-ion → salt.
_SMILES = {"Cl": "hydrochloride", "Br": "hydrobromide", "I": "hydroiodide", "O": "hydrate"}
_ATOM = r"(?:Cl|Br|[BCNOPSFIbcnops]|\[[^\[\]\s]{1,20}\])"
_SMILES_FORM = re.compile(rf"(?:{_ATOM}|[-=#$:/\\.()]|%?\d)+")
#: What a SMILES of more than a few atoms has, and no name that is written with its letters.
_SMILES_MARKS = re.compile(r"[=#(\[]|[cnops]\d")


@dataclass(frozen=True)
class StructureForm:
    """A structure as it may be indexed.

    Args:
        smiles: The SMILES; None if it is an InChIKey.
        inchikey: The InChIKey; None if it is a SMILES.
        salt: The variant of a salt that leaves out the counter-ion; None of the compound itself.
    """

    smiles: str | None = None
    inchikey: str | None = None
    salt: NameVariant | None = None


def structure_forms(text: str) -> list[StructureForm]:
    """Return the forms of a SMILES or an InChI, the structure itself before the base of a salt."""
    if is_inchi(text):
        return _inchi_forms(text)
    if not _SMILES_FORM.fullmatch(text):
        return []
    forms = [StructureForm(smiles=text)]
    base, _, ion = text.rpartition(".")
    if base and ion in _SMILES:
        forms.append(StructureForm(smiles=base, salt=NameVariant(base, _SMILES[ion])))
    return forms


def _inchi_forms(text: str) -> list[StructureForm]:
    key = inchi.inchikey(text)
    if key is None:
        return []
    forms = [StructureForm(inchikey=key)]
    formulas = text.split("/")[1].split(".")
    ions = [at for at, formula in enumerate(formulas) if formula in _FORMULAS]
    if len(formulas) == 2 and len(ions) == 1:
        base = inchi.component(text, 1 - ions[0])
        if base and (key := inchi.inchikey(base)):
            salt = NameVariant(base, _FORMULAS[formulas[ions[0]]])
            forms.append(StructureForm(inchikey=key, salt=salt))
    return forms


def is_inchi(text: str) -> bool:
    """Return whether a text is an InChI, standard or not."""
    return text.startswith("InChI=")


def looks_like_smiles(text: str) -> bool:
    """Return whether a text is more likely a SMILES than a name or an identifier."""
    return bool(_SMILES_FORM.fullmatch(text) and _SMILES_MARKS.search(text))


def unknown_structure_hint(text: str) -> str:
    """Return what to send instead of a structure that no record has; empty if it is none."""
    if is_inchi(text):
        if key := inchi.inchikey(text):
            return f" No compound here has its InChIKey, {key}."
        return " Only a complete standard InChI can be compared: InChI=1S/…"
    if looks_like_smiles(text):
        return (
            " A SMILES is compared with the recorded one character by character; send the standard"
            " InChI or the InChIKey of the structure instead."
        )
    return ""
