# Two stages: the first installs from the hashed lock, the second holds what runs.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/kkb
COPY requirements.lock ./
RUN /opt/kkb/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY migrations migrations
# The build backend comes from the lock too, and goes again.
RUN /opt/kkb/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/kkb/bin/pip uninstall -y hatchling pip

FROM python:3.11-slim-bookworm
# `kkb backup` of a PostgreSQL store calls pg_dump, of the server's own major version (compose.yaml).
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client-15=15.* \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home --home-dir /data kkb
COPY --from=build /opt/kkb /opt/kkb
USER 10001
WORKDIR /data
# Only /data is written to, by a SQLite store and by releases: the root may be read-only.
ENV PATH=/opt/kkb/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    KKB_DATABASE_URL=sqlite:////data/kkb.db
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["kkb", "serve", "--host", "0.0.0.0"]
