# The locks name no host: versions and hashes alone.
COMPILE = uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q

.PHONY: locks openapi bench
locks:
	$(COMPILE) --all-extras pyproject.toml -o constraints.txt
	$(COMPILE) --generate-hashes --group pyproject.toml:build pyproject.toml -o requirements.lock

openapi:
	kkb openapi --write app/api/openapi.json

# NOTES=1000000 grows the dataset; ONLY=kept,cold measures some of the works; OUT=file keeps the figures.
NOTES ?= 0
bench:
	python -m benchmarks --notes $(NOTES) $(if $(ONLY),--only $(ONLY)) $(if $(OUT),--out $(OUT))
