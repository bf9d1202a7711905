"""InChIKeys of standard InChIs, and the base of a salt.

The pairs were computed with the InChI library of RDKit 2026.09.1; the keys of our own compounds
are those of the dataset.
"""

import pytest

from app.domain.chemical_structures import (
    looks_like_smiles,
    structure_forms,
    unknown_structure_hint,
)
from app.domain.inchi import inchikey
from app.domain.name_variants import NameVariant

KETAMINE = "1-15-13(9-5-4-8-12(13)16)10-6-2-3-7-11(10)14"
KETAMINE_H = "h2-3,6-7,15H,4-5,8-9H2,1H3"


@pytest.mark.parametrize(
    ("inchi", "key"),
    [
        (f"InChI=1S/C13H16ClNO/c{KETAMINE}/{KETAMINE_H}", "YQEZLKZALYSWHR-UHFFFAOYSA-N"),
        (
            f"InChI=1S/C13H16ClNO/c{KETAMINE}/{KETAMINE_H}/t13-/m0/s1",
            "YQEZLKZALYSWHR-ZDUSSCGKSA-N",
        ),
        ("InChI=1S/N2O/c1-2-3", "GQPLMRYTRLFLPF-UHFFFAOYSA-N"),
        ("InChI=1S/C2H5NO2/c3-1-2(4)5/h1,3H2,(H,4,5)", "DHMQDGOQFOQNFH-UHFFFAOYSA-N"),
        ("InChI=1S/C4H12N/c1-5(2,3)4/h1-4H3/q+1", "QEMXHQIAXOOASZ-UHFFFAOYSA-N"),
        ("InChI=1S/C3H9N/c1-3(2)4/h3H,4H2,1-2H3/p+1", "JJWLVOIRVHMVIS-UHFFFAOYSA-O"),
        ("InChI=1S/C2H4O2.Na/c1-2(3)4;/h1H3,(H,3,4);/q;+1/p-1", "VMHLLURERBWHNL-UHFFFAOYSA-M"),
        ("InChI=1S/CH3Cl/c1-2/h1H3/i1D2", "NEHMKBQYUWJMIP-DICFDUPASA-N"),
        # The stereochemical layers are longer than 255 characters, so they are not repeated.
        (
            "InChI=1S/C51H79NO13/c1-30-16-12-11-13-17-31(2)42(61-8)28-38-21-19-36(7)51(60,65-38)48"
            "(57)49(58)52-23-15-14-18-39(52)50(59)64-43(33(4)26-37-20-22-40(53)44(27-37)62-9)29-41"
            "(54)32(3)25-35(6)46(56)47(63-10)45(55)34(5)24-30/h11-13,16-17,25,30,32-34,36-40,42-44"
            ",46-47,53,56,60H,14-15,18-24,26-29H2,1-10H3/b13-11+,16-12+,31-17+,35-25+/t30-,32-,33-"
            ",34-,36-,37+,38+,39+,40-,42+,43+,44-,46-,47+,51-/m1/s1",
            "QFJCIRLUMZQUOT-HPLJOQBZSA-N",
        ),
        ("InChI=1/N2O/c1-2-3", None),
        ("InChI=1S/N2O /c1-2-3", None),
        ("InChI=1S/C3H9N/p+x", None),
        ("InChI=1S/", None),
        ("InChI=1S/N2O//c", None),
        ("ketamine", None),
    ],
)
def test_the_key_of_an_inchi(inchi: str, key: str | None) -> None:
    assert inchikey(inchi) == key


def test_the_base_of_a_salt_follows_the_salt_itself() -> None:
    salt = f"InChI=1S/C13H16ClNO.ClH/c{KETAMINE};/{KETAMINE_H};1H/t13-;/m0./s1"
    whole, base = structure_forms(salt)
    assert (whole.inchikey, whole.salt) == ("VCMGMSHEPQENPE-ZOWNYOTGSA-N", None)
    assert base.inchikey == "YQEZLKZALYSWHR-ZDUSSCGKSA-N"
    assert base.salt is not None
    assert base.salt.left_out == "hydrochloride"
    assert [form.inchikey for form in structure_forms("InChI=1S/CH4.ClH/c;;/h1H4;1H;")] == [
        inchikey("InChI=1S/CH4.ClH/c;;/h1H4;1H;")
    ]
    smiles = structure_forms("CNC1(c2ccccc2Cl)CCCCC1=O.Cl")
    assert [form.smiles for form in smiles] == [
        "CNC1(c2ccccc2Cl)CCCCC1=O.Cl",
        "CNC1(c2ccccc2Cl)CCCCC1=O",
    ]
    assert smiles[1].salt == NameVariant("CNC1(c2ccccc2Cl)CCCCC1=O", "hydrochloride")


def test_a_hint_goes_with_structures_alone() -> None:
    assert all(map(looks_like_smiles, ("CC(=O)O", "c1ccccc1", "[Xe]", "C#N", "N[C@@H](C)C(=O)O")))
    names = ("ketamine", "5-HT2A", "MK-801", "CHEMBL742", "D2/D3", "(2R,6R)-HNK", "CP-101,606",
             "CNC1", "NCT02655692", "10.1038/nature17998", "P28223", "YQEZLKZALYSWHR")  # fmt: skip
    assert not any(map(unknown_structure_hint, names))
