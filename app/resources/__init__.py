"""The public face: one file per noun, and this table of contents."""

from app.kit.resource import Catalogue
from app.resources.affinities import AFFINITIES
from app.resources.claims import CLAIMS
from app.resources.compounds import COMPOUNDS
from app.resources.conflicts import CONFLICTS
from app.resources.evidence import EVIDENCE
from app.resources.indications import INDICATIONS
from app.resources.pathways import PATHWAYS
from app.resources.processes import PROCESSES
from app.resources.receptors import RECEPTORS
from app.resources.references import REFERENCES
from app.resources.regions import REGIONS
from app.resources.studies import STUDIES
from app.resources.verdicts import VERDICTS

RESOURCES = Catalogue(
    [
        COMPOUNDS,
        RECEPTORS,
        PROCESSES,
        REGIONS,
        INDICATIONS,
        AFFINITIES,
        PATHWAYS,
        CLAIMS,
        VERDICTS,
        CONFLICTS,
        STUDIES,
        EVIDENCE,
        REFERENCES,
    ]
)
