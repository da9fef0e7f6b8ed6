FROM python:3.12-slim-trixie

# pg_dump for `manage.py backup`; it must not be older than the server (17 in compose.yaml).
RUN apt-get update \
 && apt-get install -y --no-install-recommends postgresql-client-17 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --uid 10001 converge

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-deps --require-hashes -r requirements.txt
COPY . .

# Style sheets and scripts get their hashed names now; the values are used for nothing else.
RUN SECRET_KEY=build META_APP_SECRET=build META_VERIFY_TOKEN=build \
    ENCRYPTION_KEYS=build:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    PUBLIC_URL=http://localhost DATABASE_URL=postgresql://build@localhost/build \
    STATIC_ROOT=/app/var/static python manage.py collectstatic --noinput --verbosity 0 \
 && mkdir -p var/media && chown -R converge var

USER converge
EXPOSE 8000
CMD ["python", "manage.py", "web", "--host", "0.0.0.0"]
