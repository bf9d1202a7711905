"""Evidence synthesis: effect sizes and standard errors, derived from what papers print."""
