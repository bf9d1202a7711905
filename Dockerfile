# Two stages: the wheels are built from the hashed lock, the image holds what runs.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/kkb
COPY requirements.lock ./
RUN /opt/kkb/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY migrations migrations
RUN /opt/kkb/bin/pip install --no-cache-dir --no-deps .

FROM python:3.12-slim
RUN useradd --system --create-home --home-dir /data kkb
COPY --from=build /opt/kkb /opt/kkb
USER kkb
WORKDIR /data
ENV KKB_DATABASE_URL=sqlite:////data/kkb.db PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=30s CMD \
    ["/opt/kkb/bin/python", "-c", "import httpx; httpx.get('http://127.0.0.1:8000/readyz').raise_for_status()"]
CMD ["/opt/kkb/bin/kkb", "serve", "--host", "0.0.0.0"]
