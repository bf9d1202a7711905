"""Vocabularies of indications and of what regulators decided on them."""

from enum import StrEnum


class IndicationKind(StrEnum):
    """What is treated: a disorder, a symptom, or a procedure (anaesthesia, analgesia)."""

    DISORDER = "disorder"
    SYMPTOM = "symptom"
    PROCEDURE = "procedure"


class RegulatoryActType(StrEnum):
    """Type of act that a regulator took."""

    MARKETING_AUTHORISATION = "marketing_authorisation"
    LABEL = "label"
    SAFETY_COMMUNICATION = "safety_communication"
    STATUS = "status"
    DESIGNATION = "designation"
    APPLICATION = "application"
    DRUG_CONTROL = "drug_control"
    OPINION = "opinion"
    HEALTH_TECHNOLOGY_APPRAISAL = "health_technology_appraisal"
    ADVICE = "advice"
    REIMBURSEMENT = "reimbursement"
    ESSENTIAL_MEDICINES_LIST = "essential_medicines_list"


class RegulatoryStatus(StrEnum):
    """Status that a regulator gave a compound for an indication."""

    APPROVED = "approved"
    REFUSED = "refused"
    OFF_LABEL = "off_label"
    CONTROLLED = "controlled"
    NOT_CONTROLLED = "not_controlled"
    RECOMMENDED = "recommended"
    NOT_RECOMMENDED = "not_recommended"
    NOT_APPROVED = "not_approved"
    NOT_FOUND = "not_found"
    PENDING = "pending"
    DESIGNATED = "designated"
    POSITIVE_OPINION = "positive_opinion"
    REIMBURSED = "reimbursed"
    ESSENTIAL_MEDICINE = "essential_medicine"
    LABEL_VERSION = "label_version"
