"""Values that several databases have copied from one another, and that are suspected to be wrong.

The rule of the curated median misses them while the dataset has no other value of the pair.
"""

from app.domain.vocabulary import AffinityParameter
from app.services.importers.measured_constant import MeasuredConstant

_SUSPECTED = {
    # ChEMBL 29 and BindingDB have 20.25, DrugCentral 2018 has 20.42: none with a paper.
    ("amantadine", "sigmar1", AffinityParameter.KI, "20"): (
        "about 20 nM is listed by ChEMBL, BindingDB and DrugCentral, and suspected to be µM:"
        " confirm it at the paper"
    ),
}


def suspected_error(constant: MeasuredConstant) -> str | None:
    """Return why a value is suspected to be wrong, to two significant digits; None if it is not."""
    value = f"{constant.value_nm:.2g}"
    pair = (constant.compound, constant.receptor, constant.parameter, value)
    return _SUSPECTED.get(pair)
