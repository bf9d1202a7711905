"""Records and releases as JSON-LD, in the terms of schema.org and the profiles of Bioschemas."""
