"""Vocabularies of pharmacokinetics: parameters, units, sampled matrices."""

from app.domain.vocabulary.base import Vocabulary


class PharmacokineticParameter(Vocabulary):
    """What a pharmacokinetic value measures."""

    BIOAVAILABILITY = (
        "bioavailability",
        "Bioavailability (F)",
        "Share of the dose that reaches the systemic circulation.",
    )
    CMAX = "cmax", "Peak concentration (Cmax)", "Highest concentration after a dose."
    TMAX = "tmax", "Time to peak (tmax)", "Time from dose to the highest concentration."
    TIME_TO_DETECTION = (
        "time_to_detection",
        "Time to detection",
        "Time from dose to the first measurable concentration.",
    )
    AUC = "auc", "Exposure (AUC)", "Area under the concentration-time curve."
    AUC_RATIO = (
        "auc_ratio",
        "Ratio of exposures",
        "AUC of `compound` divided by that of `compared_with`, or of two conditions.",
    )
    CMAX_RATIO = (
        "cmax_ratio",
        "Ratio of peak concentrations",
        "Cmax of `compound` divided by that of `compared_with`, or of two conditions.",
    )
    AUC_CHANGE = "auc_change", "Change of exposure", "AUC compared with a reference condition."
    CMAX_CHANGE = (
        "cmax_change",
        "Change of the peak concentration",
        "Cmax compared with a reference condition.",
    )
    CLEARANCE_CHANGE = (
        "clearance_change",
        "Change of clearance",
        "Clearance compared with a reference condition or `compared_with`.",
    )
    CLEARANCE = "clearance", "Clearance (CL)", "Volume cleared of the drug per unit of time."
    APPARENT_CLEARANCE = (
        "apparent_clearance",
        "Apparent clearance (CL/F)",
        "Clearance divided by the unknown bioavailability.",
    )
    VOLUME_OF_DISTRIBUTION = (
        "volume_of_distribution",
        "Volume of distribution",
        "Amount of drug in the body divided by its concentration; phase not stated.",
    )
    VOLUME_OF_DISTRIBUTION_SS = (
        "volume_of_distribution_ss",
        "Volume of distribution at steady state (Vss)",
        "Amount of drug in the body at steady state divided by its concentration.",
    )
    HALF_LIFE_ALPHA = (
        "half_life_alpha",
        "Distribution half-life (alpha)",
        "Half-life of the first, fast phase.",
    )
    HALF_LIFE_BETA = (
        "half_life_beta",
        "Elimination half-life (beta)",
        "Half-life of the second phase of a two-compartment model.",
    )
    HALF_LIFE_TERMINAL = (
        "half_life_terminal",
        "Terminal half-life",
        "Half-life of the last observed phase.",
    )
    PROTEIN_BINDING = (
        "protein_binding",
        "Protein binding",
        "Share of the drug in plasma that is bound to proteins.",
    )
    FRACTION_UNBOUND = (
        "fraction_unbound",
        "Fraction unbound",
        "Share of the drug in plasma that is not bound to proteins.",
    )
    URINARY_EXCRETION = (
        "urinary_excretion",
        "Urinary excretion",
        "Share of the dose that is excreted in urine.",
    )
    CONCENTRATION = (
        "concentration",
        "Concentration",
        "Concentration under a `condition`, such as at awakening or at steady state.",
    )
    CONCENTRATION_RATIO = (
        "concentration_ratio",
        "Ratio of concentrations",
        "Concentration in `matrix` divided by that in plasma.",
    )
    CONCENTRATION_COURSE = (
        "concentration_course",
        "Course of the concentration",
        "How the concentration changes with time, in words.",
    )
    CONCENTRATION_RESPONSE = (
        "concentration_response",
        "Concentration and response",
        "Association of the concentration with an effect.",
    )
    DOSE_PROPORTIONALITY = (
        "dose_proportionality",
        "Dose proportionality",
        "Whether exposure rises in proportion to the dose.",
    )
    METABOLISM = "metabolism", "Metabolism", "Enzymes and products of metabolism."
    ENZYME_CONTRIBUTION = (
        "enzyme_contribution",
        "Contribution of enzymes",
        "Share of `enzymes` in a metabolic step.",
    )
    PHARMACOGENETICS = (
        "pharmacogenetics",
        "Effect of a genotype",
        "Change of the pharmacokinetics by a variant of an enzyme.",
    )
    ORGAN_IMPAIRMENT = (
        "organ_impairment",
        "Effect of organ impairment",
        "Change of the pharmacokinetics by hepatic or renal impairment.",
    )
    RELATIVE_POTENCY = (
        "relative_potency",
        "Relative potency",
        "Activity compared with that of `compared_with`.",
    )
    ONSET_OF_ACTION = "onset_of_action", "Onset of action", "Time from dose to the effect."
    DURATION_OF_ACTION = "duration_of_action", "Duration of action", "Time that the effect lasts."
    TOLERATED_DOSE = "tolerated_dose", "Tolerated dose", "Highest dose that was tolerated."


class PharmacokineticUnit(Vocabulary):
    """Unit of a pharmacokinetic value."""

    PERCENT = "%", "%", "Per cent."
    RATIO = "ratio", "ratio", "Ratio of two values of the same quantity."
    FOLD = "fold", "-fold", "Multiple of the reference value."
    CORRELATION = "correlation", "correlation", "Correlation coefficient, from −1 to 1."
    SECOND = "s", "s", "Seconds."
    MINUTE = "min", "min", "Minutes."
    HOUR = "h", "h", "Hours."
    NG_PER_ML = "ng/mL", "ng/mL", "Nanograms per millilitre."
    UG_PER_ML = "ug/mL", "µg/mL", "Micrograms per millilitre."
    UG_PER_G = "ug/g", "µg/g", "Micrograms per gram of tissue."
    UMOL_PER_L = "umol/L", "µmol/L", "Micromoles per litre."
    NG_H_PER_ML = "ng*h/mL", "ng·h/mL", "Nanograms times hours per millilitre."
    LITRE = "L", "L", "Litres."
    LITRE_PER_KG = "L/kg", "L/kg", "Litres per kilogram of body weight."
    LITRE_PER_70_KG = "L/70kg", "L/70 kg", "Litres, scaled to a body weight of 70 kg."
    LITRE_PER_HOUR = "L/h", "L/h", "Litres per hour."
    LITRE_PER_HOUR_PER_KG = "L/h/kg", "L/h/kg", "Litres per hour and kilogram of body weight."
    LITRE_PER_HOUR_PER_70_KG = (
        "L/h/70kg",
        "L/h/70 kg",
        "Litres per hour, scaled to a body weight of 70 kg.",
    )
    ML_PER_MINUTE = "mL/min", "mL/min", "Millilitres per minute."
    ML_PER_MINUTE_PER_KG = (
        "mL/min/kg",
        "mL/min/kg",
        "Millilitres per minute and kilogram of body weight.",
    )
    MG_PER_KG = "mg/kg", "mg/kg", "Milligrams per kilogram of body weight."


class SampleMatrix(Vocabulary):
    """What was sampled or incubated."""

    PLASMA = "plasma", "Plasma", "Blood plasma; venous where the source does not state it."
    VENOUS_PLASMA = "venous_plasma", "Venous plasma", "Plasma of a vein."
    ARTERIAL_PLASMA = "arterial_plasma", "Arterial plasma", "Plasma of an artery."
    SERUM = "serum", "Serum", "Blood serum."
    WHOLE_BLOOD = "whole_blood", "Whole blood", "Blood with its cells."
    CEREBROSPINAL_FLUID = "cerebrospinal_fluid", "Cerebrospinal fluid", "Cerebrospinal fluid."
    BRAIN = "brain", "Brain", "Brain tissue."
    BRAIN_EXTRACELLULAR_FLUID = (
        "brain_extracellular_fluid",
        "Brain extracellular fluid",
        "Fluid between cells of the brain, by microdialysis.",
    )
    URINE = "urine", "Urine", "Urine."
    LIVER_MICROSOMES = "liver_microsomes", "Liver microsomes", "Liver microsomes, in vitro."
    RECOMBINANT_ENZYME = (
        "recombinant_enzyme",
        "Recombinant enzyme",
        "Expressed enzyme, in vitro.",
    )
