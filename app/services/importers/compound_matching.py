"""Match the compounds of a file with those of the dataset: by identifier, else by structure."""

from collections.abc import Iterable

from rdkit import Chem, rdBase
from rdkit.Chem.MolStandardize import rdMolStandardize
from rdkit.Chem.SaltRemover import SaltRemover

from app.services.importers.dataset_index import DatasetIndex
from app.services.importers.import_result import HeldRowError


class CompoundMatcher:
    """The compounds of a dataset by identifier and InChIKey; a name identifies none."""

    def __init__(self, index: DatasetIndex) -> None:
        self._index = index
        self._salts, self._uncharger = SaltRemover(), rdMolStandardize.Uncharger()
        self._keys: dict[str, str | None] = {}

    def find(self, curies: Iterable[str], *, smiles: str = "", inchikey: str = "") -> str | None:
        """Return the slug of the compound that a row is about; None if the dataset lacks it.

        Args:
            curies: Identifiers of the compound or its parent: `chembl.compound:CHEMBL742`.
            smiles: Its structure, possibly as a salt.
            inchikey: The InChIKey that the row states.

        Raises:
            HeldRowError: Its identifiers or structure are those of different compounds.
        """
        computed = self.inchikey(smiles) if smiles else None
        # The key of a salt has another skeleton; the same skeleton is another stereoisomer.
        if computed and computed != inchikey and _skeleton(computed) == _skeleton(inchikey):
            raise HeldRowError(f"its InChIKey is {inchikey}, and its SMILES has {computed}")
        slugs = {self._index.by_curie("compounds", curie) for curie in curies}
        slugs |= {self._index.by_field("compounds", "inchikey", k) for k in (computed, inchikey)}
        compounds = sorted(slug for slug in slugs if slug)
        if len(compounds) > 1:
            raise HeldRowError(f"its identifiers are those of {' and '.join(compounds)}")
        if not compounds:
            return None
        recorded = self._index.records["compounds"][compounds[0]].get("inchikey")
        if computed and recorded and computed != recorded:
            raise HeldRowError(f"its SMILES has {computed}, and {compounds[0]} has {recorded}")
        return compounds[0]

    def inchikey(self, smiles: str) -> str | None:
        """Return the InChIKey of a structure without counter-ions and charge.

        None if the SMILES is not valid, or has several components that are not salts.
        """
        if smiles not in self._keys:
            self._keys[smiles] = self._compute_inchikey(smiles)
        return self._keys[smiles]

    def _compute_inchikey(self, smiles: str) -> str | None:
        with rdBase.BlockLogs():
            molecule = Chem.MolFromSmiles(smiles)
            if molecule is None:
                return None
            base = self._salts.StripMol(molecule, dontRemoveEverything=True)
            if len(Chem.GetMolFrags(base)) != 1:
                return None
            return Chem.MolToInchiKey(self._uncharger.uncharge(base)) or None


def _skeleton(inchikey: str) -> str:
    """Return the first block of an InChIKey, which stereoisomers share."""
    return inchikey.partition("-")[0]
