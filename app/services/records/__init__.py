"""Records: validation, commit, audit log, JSON documents, exports."""
