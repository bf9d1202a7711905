"""Vocabularies of indications and of what regulators decided on them."""

from app.domain.vocabulary.base import Vocabulary


class IndicationKind(Vocabulary):
    """What is treated: a disorder, a symptom, or a procedure (anaesthesia, analgesia)."""

    DISORDER = "disorder", "Disorder", "Disease or disorder."
    SYMPTOM = "symptom", "Symptom", "Symptom, whatever the disorder."
    PROCEDURE = "procedure", "Procedure", "Medical procedure that the drug makes possible."


class RegulatoryActType(Vocabulary):
    """Type of act that a regulator took."""

    MARKETING_AUTHORISATION = (
        "marketing_authorisation",
        "Marketing authorisation",
        "Approval of a medicine for an indication, or its refusal.",
    )
    LABEL = "label", "Label", "Version of the product information."
    SAFETY_COMMUNICATION = (
        "safety_communication",
        "Safety communication",
        "Warning of a regulator about a medicine.",
    )
    STATUS = "status", "Status", "State of regulation that is not an act of its own."
    DESIGNATION = (
        "designation",
        "Designation",
        "Special status during development, such as fast track or breakthrough therapy.",
    )
    APPLICATION = "application", "Application", "Application that was filed with a regulator."
    DRUG_CONTROL = (
        "drug_control",
        "Drug control",
        "Scheduling under the law on controlled substances.",
    )
    OPINION = "opinion", "Opinion", "Opinion of an advisory committee to a regulator."
    HEALTH_TECHNOLOGY_APPRAISAL = (
        "health_technology_appraisal",
        "Health technology appraisal",
        "Recommendation of a health technology assessment body on use in the health system.",
    )
    ADVICE = "advice", "Advice", "Advice of a public body on use."
    REIMBURSEMENT = "reimbursement", "Reimbursement", "Decision of a payer on covering the cost."
    ESSENTIAL_MEDICINES_LIST = (
        "essential_medicines_list",
        "Essential medicines list",
        "Listing of a medicine as essential by the WHO or a country.",
    )


class RegulatoryStatus(Vocabulary):
    """Status that a regulator gave a compound for an indication."""

    APPROVED = "approved", "Approved", "Authorised for the indication."
    REFUSED = "refused", "Refused", "Authorisation was refused."
    OFF_LABEL = "off_label", "Off-label", "Used, but not authorised for the indication."
    CONTROLLED = "controlled", "Controlled", "Scheduled as a controlled substance."
    NOT_CONTROLLED = "not_controlled", "Not controlled", "Not a controlled substance."
    RECOMMENDED = "recommended", "Recommended", "Recommended for use, possibly with conditions."
    NOT_RECOMMENDED = "not_recommended", "Not recommended", "Recommended against."
    NOT_APPROVED = "not_approved", "Not approved", "Not authorised for the indication."
    NOT_FOUND = "not_found", "Not found", "A search found no act of the regulator."
    PENDING = "pending", "Pending", "A decision is awaited."
    DESIGNATED = "designated", "Designated", "Has a special status during development."
    POSITIVE_OPINION = (
        "positive_opinion",
        "Positive opinion",
        "A committee recommended approval; the decision itself is another act.",
    )
    REIMBURSED = "reimbursed", "Reimbursed", "A payer covers the cost."
    ESSENTIAL_MEDICINE = "essential_medicine", "Essential medicine", "Listed as essential."
    LABEL_VERSION = "label_version", "Label version", "The product information was changed."
