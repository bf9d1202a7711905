"""The eleven nouns and what they share."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "digest",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "release",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_dataset_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "compound",
                "receptor",
                "process",
                "region",
                "indication",
                "affinity",
                "pathway",
                "claim",
                "study",
                "evidence",
                "reference",
                "verdict",
                "conflict",
                name="recordtype",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "slug",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "summary", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "description",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_record_name_not_empty")),
        sa.CheckConstraint("slug <> '' AND slug = lower(slug)", name=op.f("ck_record_slug_lower")),
        sa.CheckConstraint("summary <> ''", name=op.f("ck_record_summary_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("id", "type", name=op.f("uq_record_id_type")),
        sa.UniqueConstraint("type", "slug", name=op.f("uq_record_type_slug")),
    )
    op.create_table(
        "compound",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "racemate",
                "enantiomer",
                "metabolite",
                "comparator",
                "tool_compound",
                name="compoundkind",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "stereo",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "smiles", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "inchikey",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "formula",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("molecular_mass_g_per_mol", sa.Double(), nullable=True),
        sa.Column(
            "mechanism_class",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "controlled_status",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint("length(inchikey) = 27", name=op.f("ck_compound_inchikey_length")),
        sa.CheckConstraint(
            "molecular_mass_g_per_mol > 0",
            name=op.f("ck_compound_molecular_mass_g_per_mol_positive"),
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_compound_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compound")),
        sa.UniqueConstraint("inchikey", name=op.f("uq_compound_inchikey")),
    )
    op.create_table(
        "indication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "disorder",
                "symptom",
                "procedure",
                name="indicationkind",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_indication_not_its_own_parent")),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_indication_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["indication.id"],
            name=op.f("fk_indication_parent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indication")),
    )
    with op.batch_alter_table("indication", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_indication_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "pathway",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "open_question",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_pathway_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathway")),
    )
    op.create_table(
        "process",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "molecular",
                "cellular",
                "circuit",
                "behavioural",
                "clinical",
                "adverse",
                name="processkind",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_process_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process")),
    )
    with op.batch_alter_table("process", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_process_kind"), ["kind"], unique=False)

    op.create_table(
        "receptor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "target_class",
            sa.Enum(
                "lgic",
                "vgic",
                "gpcr",
                "transporter",
                "enzyme",
                "catalytic_receptor",
                "nuclear_receptor",
                "other",
                name="receptorclass",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "single_protein",
                "complex",
                "family",
                name="receptorkind",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "family", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "hgnc_symbol",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "gene_location",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "relevance", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_receptor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receptor")),
        sa.UniqueConstraint("hgnc_symbol", name=op.f("uq_receptor_hgnc_symbol")),
    )
    with op.batch_alter_table("receptor", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_receptor_target_class"), ["target_class"], unique=False
        )

    op.create_table(
        "reference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "title", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column("authors_complete", sa.Boolean(), nullable=False),
        sa.Column(
            "journal", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column(
            "volume",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "issue",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "pages",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "doi",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "pmid",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "pmcid",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "article",
                "guideline",
                "label",
                "regulator",
                "database",
                "conference",
                "book",
                "web",
                name="referencekind",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "url", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "retraction",
            sa.Enum(
                "not_checked",
                "none_known",
                "corrected",
                "concern",
                "retracted",
                name="retraction",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "citation_confidence",
            sa.Enum("high", "medium", name="confidence", native_enum=False, length=60),
            nullable=False,
        ),
        sa.CheckConstraint("doi LIKE '10.%/_%'", name=op.f("ck_reference_doi_form")),
        sa.CheckConstraint("pmcid LIKE 'PMC_%'", name=op.f("ck_reference_pmcid_form")),
        sa.CheckConstraint("year BETWEEN 1800 AND 2100", name=op.f("ck_reference_year_in_range")),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_reference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference")),
        sa.UniqueConstraint("doi", name=op.f("uq_reference_doi")),
        sa.UniqueConstraint("pmcid", name=op.f("uq_reference_pmcid")),
        sa.UniqueConstraint("pmid", name=op.f("uq_reference_pmid")),
    )
    with op.batch_alter_table("reference", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reference_year"), ["year"], unique=False)

    op.create_table(
        "region",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("region", "circuit", name="regionkind", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "role", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_region_not_its_own_parent")),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_region_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["region.id"],
            name=op.f("fk_region_parent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
    )
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_region_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "study",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "design",
            sa.Enum(
                "rct_parallel",
                "rct_crossover",
                "rct_withdrawal",
                "open_label_trial",
                "single_arm_trial",
                "cohort",
                "cross_sectional",
                "case_series",
                "meta_analysis",
                "pooled_analysis",
                "reanalysis",
                "systematic_review",
                "narrative_review",
                "guideline",
                "regulatory_act",
                "human_experiment",
                "animal_experiment",
                "ex_vivo_experiment",
                "in_vitro_experiment",
                "structural",
                name="studydesign",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "design_note",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column(
            "registration",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("n_randomised", sa.Integer(), nullable=True),
        sa.Column("n_analysed", sa.Integer(), nullable=True),
        sa.Column(
            "n_note", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "species",
            sa.Enum(
                "human",
                "non_human_primate",
                "rat",
                "mouse",
                "rodent",
                "recombinant",
                "other",
                "not_stated",
                name="species",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "population",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "blinding",
            sa.Enum(
                "open",
                "rater",
                "single",
                "double",
                "triple",
                "not_applicable",
                "not_stated",
                name="blinding",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "masking",
            sa.Enum(
                "unmasked",
                "functional_unblinding_likely",
                "active_placebo",
                "fully_masked",
                "not_applicable",
                "not_stated",
                name="masking",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "comparator",
            sa.Enum(
                "placebo",
                "active_placebo",
                "active_treatment",
                "same_drug",
                "usual_care",
                "none",
                "mixed",
                "not_applicable",
                name="comparator",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "comparator_note",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "setting", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "jurisdiction",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "registration LIKE 'NCT________' OR registration LIKE 'ACTRN______________'",
            name=op.f("ck_study_registration_is_a_trial_number"),
        ),
        sa.CheckConstraint("n_analysed >= 1", name=op.f("ck_study_n_analysed_in_range")),
        sa.CheckConstraint("n_randomised >= 1", name=op.f("ck_study_n_randomised_in_range")),
        sa.CheckConstraint("year BETWEEN 1900 AND 2100", name=op.f("ck_study_year_in_range")),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study")),
    )
    with op.batch_alter_table("study", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_study_design"), ["design"], unique=False)
        batch_op.create_index(batch_op.f("ix_study_species"), ["species"], unique=False)
        batch_op.create_index(batch_op.f("ix_study_year"), ["year"], unique=False)

    op.create_table(
        "synonym",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "text", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_synonym_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym")),
        sa.UniqueConstraint("record_id", "text", name=op.f("uq_synonym_record_id_text")),
    )
    with op.batch_alter_table("synonym", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_synonym_folded"), ["folded"], unique=False)

    op.create_table(
        "xref",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "curie",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "relation",
            sa.Enum(
                "exact",
                "close",
                "broader",
                "narrower",
                "related",
                name="xrefrelation",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "curie <> replace(curie, ':', '')", name=op.f("ck_xref_curie_has_prefix")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_xref_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_xref")),
        sa.UniqueConstraint("record_id", "curie", name=op.f("uq_xref_record_id_curie")),
    )
    with op.batch_alter_table("xref", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_xref_curie"), ["curie"], unique=False)

    op.create_table(
        "affinity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=False),
        sa.Column("receptor_id", sa.Integer(), nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.Column(
            "parameter",
            sa.Enum(
                "Ki", "Kd", "IC50", "EC50", name="affinityparameter", native_enum=False, length=60
            ),
            nullable=False,
        ),
        sa.Column(
            "relation",
            sa.Enum("=", "<", ">", "~", "range", name="relation", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("value_nm", sa.Double(), nullable=True),
        sa.Column("upper_value_nm", sa.Double(), nullable=True),
        sa.Column("p_affinity", sa.Double(), nullable=True),
        sa.Column("published_value", sa.Double(), nullable=True),
        sa.Column("published_upper_value", sa.Double(), nullable=True),
        sa.Column(
            "published_unit",
            sa.Enum("pM", "nM", "uM", "mM", name="concentrationunit", native_enum=False, length=60),
            nullable=True,
        ),
        sa.Column(
            "action",
            sa.Enum(
                "channel_blocker",
                "agonist",
                "partial_agonist",
                "antagonist",
                "inhibitor",
                "allosteric_modulator",
                "potentiator",
                "binding",
                "none",
                name="affinityaction",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column(
            "action_note",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "stereo", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "assay", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "species",
            sa.Enum(
                "human",
                "non_human_primate",
                "rat",
                "mouse",
                "rodent",
                "recombinant",
                "other",
                "not_stated",
                name="species",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "system", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "state",
            sa.Enum(
                "measured",
                "none_up_to_bound",
                "not_tested",
                name="affinitystate",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "primary", "database", "secondary", name="sourcekind", native_enum=False, length=60
            ),
            nullable=False,
        ),
        sa.Column(
            "citation_confidence",
            sa.Enum("high", "medium", name="confidence", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column(
            "caveat", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.CheckConstraint(
            "(relation = 'range') = (upper_value_nm IS NOT NULL)",
            name=op.f("ck_affinity_range_has_upper"),
        ),
        sa.CheckConstraint(
            "(state = 'not_tested') = (value_nm IS NULL)", name=op.f("ck_affinity_tested_has_value")
        ),
        sa.CheckConstraint(
            "state <> 'none_up_to_bound' OR relation = '>'",
            name=op.f("ck_affinity_bound_is_greater"),
        ),
        sa.CheckConstraint(
            "(value_nm IS NULL) = (p_affinity IS NULL)", name=op.f("ck_affinity_p_follows_value")
        ),
        sa.CheckConstraint("upper_value_nm > value_nm", name=op.f("ck_affinity_range_in_order")),
        sa.CheckConstraint("value_nm > 0", name=op.f("ck_affinity_value_nm_positive")),
        sa.ForeignKeyConstraint(
            ["compound_id"],
            ["compound.id"],
            name=op.f("fk_affinity_compound_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_affinity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["receptor_id"],
            ["receptor.id"],
            name=op.f("fk_affinity_receptor_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["reference_id"],
            ["reference.id"],
            name=op.f("fk_affinity_reference_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affinity")),
    )
    with op.batch_alter_table("affinity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_affinity_compound_id"), ["compound_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_affinity_p_affinity"), ["p_affinity"], unique=False)
        batch_op.create_index(batch_op.f("ix_affinity_receptor_id"), ["receptor_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_affinity_reference_id"), ["reference_id"], unique=False
        )

    op.create_table(
        "author",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["reference_id"],
            ["reference.id"],
            name=op.f("fk_author_reference_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author")),
        sa.UniqueConstraint(
            "reference_id", "position", name=op.f("uq_author_reference_id_position")
        ),
    )
    with op.batch_alter_table("author", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_author_reference_id"), ["reference_id"], unique=False)

    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "statement",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "mechanism",
                "efficacy",
                "safety",
                "regulatory",
                "comparative",
                "background",
                name="claimkind",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "quantifier",
            sa.Enum("general", "universal", name="quantifier", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("article_claim", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column(
            "subject_type",
            sa.Enum(
                "compound",
                "receptor",
                "process",
                "region",
                "indication",
                "affinity",
                "pathway",
                "claim",
                "study",
                "evidence",
                "reference",
                "verdict",
                "conflict",
                name="recordtype",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column(
            "predicate",
            sa.Enum(
                "binds",
                "blocks",
                "inhibits",
                "activates",
                "modulates",
                "increases",
                "decreases",
                "releases",
                "converts_to",
                "required_for",
                "sufficient_for",
                "maintains",
                "treats",
                "causes",
                name="predicate",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column(
            "object_type",
            sa.Enum(
                "compound",
                "receptor",
                "process",
                "region",
                "indication",
                "affinity",
                "pathway",
                "claim",
                "study",
                "evidence",
                "reference",
                "verdict",
                "conflict",
                name="recordtype",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column("sign", sa.Integer(), nullable=True),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column(
            "qualifier", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column("indication_id", sa.Integer(), nullable=True),
        sa.Column("compound_id", sa.Integer(), nullable=True),
        sa.Column(
            "absence",
            sa.Enum(
                "no_evidence_found", "not_searched", name="absence", native_enum=False, length=60
            ),
            nullable=True,
        ),
        sa.Column(
            "open_question",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "object_type IN ('compound', 'receptor', 'process', 'region', 'indication')",
            name=op.f("ck_claim_object_is_an_entity"),
        ),
        sa.CheckConstraint(
            "subject_type IN ('compound', 'receptor', 'process', 'region', 'indication')",
            name=op.f("ck_claim_subject_is_an_entity"),
        ),
        sa.CheckConstraint(
            "(predicate IS NULL) = (subject_id IS NULL) AND (predicate IS NULL) = (object_id IS NULL) AND (predicate IS NULL) = (sign IS NULL)",
            name=op.f("ck_claim_causal_in_full"),
        ),
        sa.CheckConstraint(
            "article_claim BETWEEN 1 AND 24", name=op.f("ck_claim_article_claim_exists")
        ),
        sa.CheckConstraint("sign IN (-1, 0, 1)", name=op.f("ck_claim_sign_is_a_sign")),
        sa.ForeignKeyConstraint(
            ["compound_id"],
            ["compound.id"],
            name=op.f("fk_claim_compound_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_claim_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["indication_id"],
            ["indication.id"],
            name=op.f("fk_claim_indication_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["object_id", "object_type"],
            ["record.id", "record.type"],
            name=op.f("fk_claim_object_id_object_type"),
        ),
        sa.ForeignKeyConstraint(
            ["region_id"],
            ["region.id"],
            name=op.f("fk_claim_region_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["subject_id", "subject_type"],
            ["record.id", "record.type"],
            name=op.f("fk_claim_subject_id_subject_type"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_compound_id"), ["compound_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_indication_id"), ["indication_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_object_id"), ["object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_region_id"), ["region_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "compound_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "enantiomer_of",
                "metabolite_of",
                name="compoundrelation",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("compound_id <> other_id", name=op.f("ck_compound_link_not_itself")),
        sa.ForeignKeyConstraint(
            ["compound_id"],
            ["compound.id"],
            name=op.f("fk_compound_link_compound_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["compound.id"],
            name=op.f("fk_compound_link_other_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compound_link")),
        sa.UniqueConstraint(
            "compound_id",
            "relation",
            "other_id",
            name=op.f("uq_compound_link_compound_id_relation_other_id"),
        ),
    )
    with op.batch_alter_table("compound_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_compound_link_compound_id"), ["compound_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_compound_link_other_id"), ["other_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.Column(
            "finding", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "design",
            sa.Enum(
                "rct_parallel",
                "rct_crossover",
                "rct_withdrawal",
                "open_label_trial",
                "single_arm_trial",
                "cohort",
                "cross_sectional",
                "case_series",
                "meta_analysis",
                "pooled_analysis",
                "reanalysis",
                "systematic_review",
                "narrative_review",
                "guideline",
                "regulatory_act",
                "human_experiment",
                "animal_experiment",
                "ex_vivo_experiment",
                "in_vitro_experiment",
                "structural",
                name="studydesign",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column(
            "masking",
            sa.Enum(
                "unmasked",
                "functional_unblinding_likely",
                "active_placebo",
                "fully_masked",
                "not_applicable",
                "not_stated",
                name="masking",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column("participants", sa.Integer(), nullable=True),
        sa.Column("compound_id", sa.Integer(), nullable=True),
        sa.Column("dose_value", sa.Double(), nullable=True),
        sa.Column("dose_upper_value", sa.Double(), nullable=True),
        sa.Column(
            "dose_unit",
            sa.Enum(
                "mg/kg",
                "mg/kg/h",
                "mg",
                "ug",
                "nM",
                "uM",
                "%",
                name="doseunit",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column(
            "dose_note", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "route",
            sa.Enum(
                "intravenous",
                "intramuscular",
                "subcutaneous",
                "intranasal",
                "oral",
                "sublingual",
                "inhaled",
                "intraperitoneal",
                "local",
                "in_vitro",
                "mixed",
                name="route",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column(
            "outcome", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "primary_endpoint",
            sa.Enum(
                "met",
                "missed",
                "not_primary",
                "not_applicable",
                "not_stated",
                name="primaryendpoint",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("timepoint_value", sa.Double(), nullable=True),
        sa.Column(
            "timepoint_unit",
            sa.Enum(
                "minute",
                "hour",
                "day",
                "week",
                "month",
                "year",
                name="timeunit",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column(
            "timepoint_note",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "citation_confidence",
            sa.Enum("high", "medium", name="confidence", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column(
            "source_key",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(dose_value IS NULL) = (dose_unit IS NULL)", name=op.f("ck_evidence_dose_has_unit")
        ),
        sa.CheckConstraint(
            "(timepoint_value IS NULL) = (timepoint_unit IS NULL)",
            name=op.f("ck_evidence_time_has_unit"),
        ),
        sa.CheckConstraint(
            "dose_upper_value > dose_value", name=op.f("ck_evidence_dose_range_in_order")
        ),
        sa.CheckConstraint("dose_value > 0", name=op.f("ck_evidence_dose_value_positive")),
        sa.CheckConstraint("participants >= 1", name=op.f("ck_evidence_participants_in_range")),
        sa.CheckConstraint(
            "timepoint_value >= 0", name=op.f("ck_evidence_timepoint_value_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["compound_id"],
            ["compound.id"],
            name=op.f("fk_evidence_compound_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_evidence_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reference_id"],
            ["reference.id"],
            name=op.f("fk_evidence_reference_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_evidence_study_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_compound_id"), ["compound_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_evidence_reference_id"), ["reference_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_evidence_study_id"), ["study_id"], unique=False)

    op.create_table(
        "outcome_scale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indication_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["indication_id"],
            ["indication.id"],
            name=op.f("fk_outcome_scale_indication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_scale")),
        sa.UniqueConstraint(
            "indication_id", "name", name=op.f("uq_outcome_scale_indication_id_name")
        ),
    )
    with op.batch_alter_table("outcome_scale", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outcome_scale_indication_id"), ["indication_id"], unique=False
        )

    op.create_table(
        "process_receptor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("receptor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["process.id"],
            name=op.f("fk_process_receptor_process_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["receptor_id"],
            ["receptor.id"],
            name=op.f("fk_process_receptor_receptor_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_receptor")),
        sa.UniqueConstraint(
            "process_id", "receptor_id", name=op.f("uq_process_receptor_process_id_receptor_id")
        ),
    )
    with op.batch_alter_table("process_receptor", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_process_receptor_process_id"), ["process_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_process_receptor_receptor_id"), ["receptor_id"], unique=False
        )

    op.create_table(
        "process_region",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["process.id"],
            name=op.f("fk_process_region_process_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["region_id"],
            ["region.id"],
            name=op.f("fk_process_region_region_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_region")),
        sa.UniqueConstraint(
            "process_id", "region_id", name=op.f("uq_process_region_process_id_region_id")
        ),
    )
    with op.batch_alter_table("process_region", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_process_region_process_id"), ["process_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_process_region_region_id"), ["region_id"], unique=False
        )

    op.create_table(
        "regulation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "slug",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=False),
        sa.Column("indication_id", sa.Integer(), nullable=True),
        sa.Column(
            "jurisdiction",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "agency", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "act",
            sa.Enum(
                "marketing_authorisation",
                "label",
                "safety_communication",
                "status",
                "designation",
                "application",
                "drug_control",
                "opinion",
                "health_technology_appraisal",
                "advice",
                "reimbursement",
                "essential_medicines_list",
                name="regulatoryact",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "product", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "status",
            sa.Enum(
                "approved",
                "refused",
                "off_label",
                "controlled",
                "not_controlled",
                "recommended",
                "not_recommended",
                "not_approved",
                "not_found",
                "pending",
                "designated",
                "positive_opinion",
                "reimbursed",
                "essential_medicine",
                "label_version",
                name="regulatorystatus",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "date",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "date_precision",
            sa.Enum("day", "month", "year", name="dateprecision", native_enum=False, length=60),
            nullable=True,
        ),
        sa.Column(
            "wording", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "restriction",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("reference_id", sa.Integer(), nullable=True),
        sa.Column("source_url", sa.JSON(), nullable=False),
        sa.Column(
            "note", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.CheckConstraint(
            "(date IS NULL AND date_precision IS NULL) OR (date_precision = 'year' AND length(date) = 4) OR (date_precision = 'month' AND length(date) = 7) OR (date_precision = 'day' AND length(date) = 10)",
            name=op.f("ck_regulation_date_as_precise_as_it_says"),
        ),
        sa.ForeignKeyConstraint(
            ["compound_id"],
            ["compound.id"],
            name=op.f("fk_regulation_compound_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["indication_id"],
            ["indication.id"],
            name=op.f("fk_regulation_indication_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["reference_id"],
            ["reference.id"],
            name=op.f("fk_regulation_reference_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulation")),
        sa.UniqueConstraint("slug", name=op.f("uq_regulation_slug")),
    )
    with op.batch_alter_table("regulation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_regulation_compound_id"), ["compound_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_regulation_indication_id"), ["indication_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_regulation_reference_id"), ["reference_id"], unique=False
        )

    op.create_table(
        "study_compound",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["compound_id"],
            ["compound.id"],
            name=op.f("fk_study_compound_compound_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_study_compound_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_compound")),
        sa.UniqueConstraint(
            "study_id", "compound_id", name=op.f("uq_study_compound_study_id_compound_id")
        ),
    )
    with op.batch_alter_table("study_compound", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_study_compound_compound_id"), ["compound_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_study_compound_study_id"), ["study_id"], unique=False)

    op.create_table(
        "study_indication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("indication_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["indication_id"],
            ["indication.id"],
            name=op.f("fk_study_indication_indication_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_study_indication_study_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_indication")),
        sa.UniqueConstraint(
            "study_id", "indication_id", name=op.f("uq_study_indication_study_id_indication_id")
        ),
    )
    with op.batch_alter_table("study_indication", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_study_indication_indication_id"), ["indication_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_study_indication_study_id"), ["study_id"], unique=False
        )

    op.create_table(
        "study_reference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reference_id"],
            ["reference.id"],
            name=op.f("fk_study_reference_reference_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_study_reference_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_reference")),
        sa.UniqueConstraint(
            "study_id", "reference_id", name=op.f("uq_study_reference_study_id_reference_id")
        ),
    )
    with op.batch_alter_table("study_reference", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_study_reference_reference_id"), ["reference_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_study_reference_study_id"), ["study_id"], unique=False)

    op.create_table(
        "study_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("study_id <> source_id", name=op.f("ck_study_source_not_itself")),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["study.id"],
            name=op.f("fk_study_source_source_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_study_source_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_source")),
        sa.UniqueConstraint(
            "study_id", "source_id", name=op.f("uq_study_source_study_id_source_id")
        ),
    )
    with op.batch_alter_table("study_source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_study_source_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_study_source_study_id"), ["study_id"], unique=False)

    op.create_table(
        "subunit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complex_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("complex_id <> member_id", name=op.f("ck_subunit_not_itself")),
        sa.ForeignKeyConstraint(
            ["complex_id"], ["receptor.id"], name=op.f("fk_subunit_complex_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["receptor.id"],
            name=op.f("fk_subunit_member_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subunit")),
        sa.UniqueConstraint(
            "complex_id", "member_id", name=op.f("uq_subunit_complex_id_member_id")
        ),
    )
    with op.batch_alter_table("subunit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subunit_complex_id"), ["complex_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_subunit_member_id"), ["member_id"], unique=False)

    op.create_table(
        "arm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("events", sa.Integer(), nullable=True),
        sa.Column("percent", sa.Double(), nullable=True),
        sa.Column("mean_change", sa.Double(), nullable=True),
        sa.Column("mean_value", sa.Double(), nullable=True),
        sa.Column(
            "unit",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "outcome", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column("timepoint_value", sa.Double(), nullable=True),
        sa.Column(
            "timepoint_unit",
            sa.Enum(
                "minute",
                "hour",
                "day",
                "week",
                "month",
                "year",
                name="timeunit",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(timepoint_value IS NULL) = (timepoint_unit IS NULL)",
            name=op.f("ck_arm_time_has_unit"),
        ),
        sa.CheckConstraint(
            "events >= 0 AND (n IS NULL OR events <= n)", name=op.f("ck_arm_events_within_n")
        ),
        sa.CheckConstraint("n >= 0", name=op.f("ck_arm_n_in_range")),
        sa.CheckConstraint("percent >= 0 AND percent <= 100", name=op.f("ck_arm_percent_in_range")),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_arm_evidence_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arm")),
    )
    with op.batch_alter_table("arm", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arm_evidence_id"), ["evidence_id"], unique=False)

    op.create_table(
        "conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "other_species",
                "other_compound",
                "other_population",
                "other_dose",
                "other_outcome",
                "replication_failed",
                "opposite_direction",
                name="conflictkind",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "resolution",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "would_settle",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claim.id"],
            name=op.f("fk_conflict_claim_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_conflict_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_conflict_claim_id")),
    )
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conflict_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_conflict_kind"), ["kind"], unique=False)

    op.create_table(
        "effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "label", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "metric",
            sa.Enum(
                "mean_difference",
                "standardised_mean_difference",
                "mean_change",
                "odds_ratio",
                "risk_ratio",
                "rate_ratio",
                "hazard_ratio",
                "risk_difference",
                "number_needed_to_treat",
                "proportion",
                "percent_change",
                "fold_change",
                "correlation",
                "concentration",
                "count",
                "test_statistic",
                "p_value",
                name="metric",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("lower", sa.Double(), nullable=True),
        sa.Column("upper", sa.Double(), nullable=True),
        sa.Column("interval_percent", sa.Double(), nullable=True),
        sa.Column("p_value", sa.Double(), nullable=True),
        sa.Column(
            "p_relation",
            sa.Enum("=", "<", ">", name="prelation", native_enum=False, length=60),
            nullable=True,
        ),
        sa.Column(
            "unit",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "outcome", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column("timepoint_value", sa.Double(), nullable=True),
        sa.Column(
            "timepoint_unit",
            sa.Enum(
                "minute",
                "hour",
                "day",
                "week",
                "month",
                "year",
                name="timeunit",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("unit <> ''", name=op.f("ck_effect_unit_not_empty")),
        sa.CheckConstraint(
            "value IS NOT NULL OR metric = 'p_value'", name=op.f("ck_effect_value_unless_p")
        ),
        sa.CheckConstraint(
            "(p_value IS NULL) = (p_relation IS NULL)", name=op.f("ck_effect_p_has_relation")
        ),
        sa.CheckConstraint(
            "(timepoint_value IS NULL) = (timepoint_unit IS NULL)",
            name=op.f("ck_effect_time_has_unit"),
        ),
        sa.CheckConstraint("lower <= upper", name=op.f("ck_effect_interval_in_order")),
        sa.CheckConstraint("p_value >= 0 AND p_value <= 1", name=op.f("ck_effect_p_in_range")),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_effect_evidence_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effect")),
    )
    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_effect_evidence_id"), ["evidence_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "supports",
                "disputes",
                "neutral",
                "mixed",
                name="direction",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "population_directness",
            sa.Enum(
                "same",
                "other_human",
                "animal",
                "cells",
                name="populationdirectness",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "compound_directness",
            sa.Enum(
                "same",
                "enantiomer",
                "metabolite",
                "other_drug",
                name="compounddirectness",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome_directness",
            sa.Enum("same", "surrogate", name="outcomedirectness", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column(
            "causal_test",
            sa.Enum(
                "correlation",
                "necessity_blocker",
                "necessity_genetic",
                "sufficiency",
                "rescue",
                "dose_response",
                "occlusion",
                "temporal_order",
                "direct_binding",
                name="causaltest",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column(
            "reason", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claim.id"],
            name=op.f("fk_finding_claim_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_finding_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint(
            "evidence_id", "claim_id", name=op.f("uq_finding_evidence_id_claim_id")
        ),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_direction"), ["direction"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_evidence_id"), ["evidence_id"], unique=False)

    op.create_table(
        "limitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "text", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_limitation_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limitation")),
        sa.UniqueConstraint(
            "evidence_id", "position", name=op.f("uq_limitation_evidence_id_position")
        ),
    )
    with op.batch_alter_table("limitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_limitation_evidence_id"), ["evidence_id"], unique=False
        )

    op.create_table(
        "step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pathway_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claim.id"],
            name=op.f("fk_step_claim_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["pathway_id"], ["pathway.id"], name=op.f("fk_step_pathway_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
    )
    with op.batch_alter_table("step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_step_pathway_id"), ["pathway_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_step_pathway_id_position"), ["pathway_id", "position"], unique=True
        )

    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "established",
                "supported",
                "contested",
                "weak",
                "refuted",
                "untested",
                name="verdictkind",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "certainty",
            sa.Enum(
                "high",
                "moderate",
                "low",
                "very_low",
                name="certainty",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column(
            "in_people",
            sa.Enum(
                "established",
                "supported",
                "contested",
                "weak",
                "refuted",
                "untested",
                name="verdictkind",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column(
            "in_animals",
            sa.Enum(
                "established",
                "supported",
                "contested",
                "weak",
                "refuted",
                "untested",
                name="verdictkind",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column("share_for", sa.Double(), nullable=True),
        sa.Column("points_for", sa.Double(), nullable=False),
        sa.Column("points_against", sa.Double(), nullable=False),
        sa.Column("notes_for", sa.Integer(), nullable=False),
        sa.Column("notes_against", sa.Integer(), nullable=False),
        sa.Column("notes_neutral", sa.Integer(), nullable=False),
        sa.Column("studies_for", sa.Integer(), nullable=False),
        sa.Column("studies_against", sa.Integer(), nullable=False),
        sa.Column("studies_neutral", sa.Integer(), nullable=False),
        sa.Column("participants_for", sa.Integer(), nullable=False),
        sa.Column("participants_against", sa.Integer(), nullable=False),
        sa.Column("participants_neutral", sa.Integer(), nullable=False),
        sa.Column(
            "rule_version",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(verdict = 'untested') = (share_for IS NULL)",
            name=op.f("ck_verdict_untested_has_no_share"),
        ),
        sa.CheckConstraint("points_against >= 0", name=op.f("ck_verdict_points_against_in_range")),
        sa.CheckConstraint("points_for >= 0", name=op.f("ck_verdict_points_for_in_range")),
        sa.CheckConstraint("share_for BETWEEN 0 AND 1", name=op.f("ck_verdict_share_in_range")),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claim.id"],
            name=op.f("fk_verdict_claim_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_verdict_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_verdict_claim_id")),
    )
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verdict_certainty"), ["certainty"], unique=False)
        batch_op.create_index(batch_op.f("ix_verdict_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_verdict_verdict"), ["verdict"], unique=False)

    op.create_table(
        "conflict_against",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conflict_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conflict_id"],
            ["conflict.id"],
            name=op.f("fk_conflict_against_conflict_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_conflict_against_evidence_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_against")),
        sa.UniqueConstraint(
            "conflict_id", "evidence_id", name=op.f("uq_conflict_against_conflict_id_evidence_id")
        ),
    )
    with op.batch_alter_table("conflict_against", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conflict_against_conflict_id"), ["conflict_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_conflict_against_evidence_id"), ["evidence_id"], unique=False
        )

    op.create_table(
        "conflict_for",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conflict_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conflict_id"],
            ["conflict.id"],
            name=op.f("fk_conflict_for_conflict_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_conflict_for_evidence_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_for")),
        sa.UniqueConstraint(
            "conflict_id", "evidence_id", name=op.f("uq_conflict_for_conflict_id_evidence_id")
        ),
    )
    with op.batch_alter_table("conflict_for", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conflict_for_conflict_id"), ["conflict_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_conflict_for_evidence_id"), ["evidence_id"], unique=False
        )

    op.create_table(
        "decisive",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_decisive_study_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdict.id"], name=op.f("fk_decisive_verdict_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisive")),
        sa.UniqueConstraint("verdict_id", "study_id", name=op.f("uq_decisive_verdict_id_study_id")),
    )
    with op.batch_alter_table("decisive", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decisive_study_id"), ["study_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decisive_verdict_id"), ["verdict_id"], unique=False)

    op.create_table(
        "fired_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "text", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id"],
            ["verdict.id"],
            name=op.f("fk_fired_rule_verdict_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fired_rule")),
        sa.UniqueConstraint(
            "verdict_id", "position", name=op.f("uq_fired_rule_verdict_id_position")
        ),
    )
    with op.batch_alter_table("fired_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fired_rule_verdict_id"), ["verdict_id"], unique=False)

    op.create_table(
        "ledger_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "supports",
                "disputes",
                "neutral",
                "mixed",
                name="direction",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", sa.Double(), nullable=False),
        sa.Column(
            "changes", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("study_points", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_ledger_line_evidence_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["study_id"],
            ["study.id"],
            name=op.f("fk_ledger_line_study_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id"],
            ["verdict.id"],
            name=op.f("fk_ledger_line_verdict_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_line")),
        sa.UniqueConstraint(
            "verdict_id", "evidence_id", name=op.f("uq_ledger_line_verdict_id_evidence_id")
        ),
    )
    with op.batch_alter_table("ledger_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ledger_line_evidence_id"), ["evidence_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_ledger_line_study_id"), ["study_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_line_verdict_id"), ["verdict_id"], unique=False)

    op.create_table(
        "moderator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conflict_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "name",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "supporting",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "disputing",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("separates", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conflict_id"],
            ["conflict.id"],
            name=op.f("fk_moderator_conflict_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderator")),
        sa.UniqueConstraint("conflict_id", "name", name=op.f("uq_moderator_conflict_id_name")),
    )
    with op.batch_alter_table("moderator", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderator_conflict_id"), ["conflict_id"], unique=False)

    op.create_table(
        "would_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "text", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id"],
            ["verdict.id"],
            name=op.f("fk_would_change_verdict_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_would_change")),
        sa.UniqueConstraint(
            "verdict_id", "position", name=op.f("uq_would_change_verdict_id_position")
        ),
    )
    with op.batch_alter_table("would_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_would_change_verdict_id"), ["verdict_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("would_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_would_change_verdict_id"))

    op.drop_table("would_change")
    with op.batch_alter_table("moderator", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderator_conflict_id"))

    op.drop_table("moderator")
    with op.batch_alter_table("ledger_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_line_verdict_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_line_study_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_line_evidence_id"))

    op.drop_table("ledger_line")
    with op.batch_alter_table("fired_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fired_rule_verdict_id"))

    op.drop_table("fired_rule")
    with op.batch_alter_table("decisive", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decisive_verdict_id"))
        batch_op.drop_index(batch_op.f("ix_decisive_study_id"))

    op.drop_table("decisive")
    with op.batch_alter_table("conflict_for", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conflict_for_evidence_id"))
        batch_op.drop_index(batch_op.f("ix_conflict_for_conflict_id"))

    op.drop_table("conflict_for")
    with op.batch_alter_table("conflict_against", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conflict_against_evidence_id"))
        batch_op.drop_index(batch_op.f("ix_conflict_against_conflict_id"))

    op.drop_table("conflict_against")
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verdict_verdict"))
        batch_op.drop_index(batch_op.f("ix_verdict_claim_id"))
        batch_op.drop_index(batch_op.f("ix_verdict_certainty"))

    op.drop_table("verdict")
    with op.batch_alter_table("step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_step_pathway_id_position"))
        batch_op.drop_index(batch_op.f("ix_step_pathway_id"))
        batch_op.drop_index(batch_op.f("ix_step_claim_id"))

    op.drop_table("step")
    with op.batch_alter_table("limitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_limitation_evidence_id"))

    op.drop_table("limitation")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_evidence_id"))
        batch_op.drop_index(batch_op.f("ix_finding_direction"))
        batch_op.drop_index(batch_op.f("ix_finding_claim_id"))

    op.drop_table("finding")
    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_effect_evidence_id"))

    op.drop_table("effect")
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conflict_kind"))
        batch_op.drop_index(batch_op.f("ix_conflict_claim_id"))

    op.drop_table("conflict")
    with op.batch_alter_table("arm", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_arm_evidence_id"))

    op.drop_table("arm")
    with op.batch_alter_table("subunit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subunit_member_id"))
        batch_op.drop_index(batch_op.f("ix_subunit_complex_id"))

    op.drop_table("subunit")
    with op.batch_alter_table("study_source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_source_study_id"))
        batch_op.drop_index(batch_op.f("ix_study_source_source_id"))

    op.drop_table("study_source")
    with op.batch_alter_table("study_reference", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_reference_study_id"))
        batch_op.drop_index(batch_op.f("ix_study_reference_reference_id"))

    op.drop_table("study_reference")
    with op.batch_alter_table("study_indication", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_indication_study_id"))
        batch_op.drop_index(batch_op.f("ix_study_indication_indication_id"))

    op.drop_table("study_indication")
    with op.batch_alter_table("study_compound", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_compound_study_id"))
        batch_op.drop_index(batch_op.f("ix_study_compound_compound_id"))

    op.drop_table("study_compound")
    with op.batch_alter_table("regulation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_regulation_reference_id"))
        batch_op.drop_index(batch_op.f("ix_regulation_indication_id"))
        batch_op.drop_index(batch_op.f("ix_regulation_compound_id"))

    op.drop_table("regulation")
    with op.batch_alter_table("process_region", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_process_region_region_id"))
        batch_op.drop_index(batch_op.f("ix_process_region_process_id"))

    op.drop_table("process_region")
    with op.batch_alter_table("process_receptor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_process_receptor_receptor_id"))
        batch_op.drop_index(batch_op.f("ix_process_receptor_process_id"))

    op.drop_table("process_receptor")
    with op.batch_alter_table("outcome_scale", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outcome_scale_indication_id"))

    op.drop_table("outcome_scale")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_study_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_reference_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_compound_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("compound_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_compound_link_other_id"))
        batch_op.drop_index(batch_op.f("ix_compound_link_compound_id"))

    op.drop_table("compound_link")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_subject_id"))
        batch_op.drop_index(batch_op.f("ix_claim_region_id"))
        batch_op.drop_index(batch_op.f("ix_claim_object_id"))
        batch_op.drop_index(batch_op.f("ix_claim_kind"))
        batch_op.drop_index(batch_op.f("ix_claim_indication_id"))
        batch_op.drop_index(batch_op.f("ix_claim_compound_id"))

    op.drop_table("claim")
    with op.batch_alter_table("author", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_author_reference_id"))

    op.drop_table("author")
    with op.batch_alter_table("affinity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_affinity_reference_id"))
        batch_op.drop_index(batch_op.f("ix_affinity_receptor_id"))
        batch_op.drop_index(batch_op.f("ix_affinity_p_affinity"))
        batch_op.drop_index(batch_op.f("ix_affinity_compound_id"))

    op.drop_table("affinity")
    with op.batch_alter_table("xref", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_xref_curie"))

    op.drop_table("xref")
    with op.batch_alter_table("synonym", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_synonym_folded"))

    op.drop_table("synonym")
    with op.batch_alter_table("study", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_year"))
        batch_op.drop_index(batch_op.f("ix_study_species"))
        batch_op.drop_index(batch_op.f("ix_study_design"))

    op.drop_table("study")
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_region_parent_id"))

    op.drop_table("region")
    with op.batch_alter_table("reference", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reference_year"))

    op.drop_table("reference")
    with op.batch_alter_table("receptor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receptor_target_class"))

    op.drop_table("receptor")
    with op.batch_alter_table("process", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_process_kind"))

    op.drop_table("process")
    op.drop_table("pathway")
    with op.batch_alter_table("indication", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_indication_parent_id"))

    op.drop_table("indication")
    op.drop_table("compound")
    op.drop_table("record")
    op.drop_table("dataset")
