# One image for web, worker and beat. Nothing is fetched at run time; it runs as an ordinary user.
FROM python:3.11-slim-bookworm
# pg_dump and pg_restore of the server's own version (docker-compose.yml) come from PostgreSQL's packages for Debian: backup and restore need them.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1 ca-certificates postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install -y --no-install-recommends postgresql-client-16 \
    && rm -rf /var/lib/apt/lists/*
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=config.settings.production MEDIA_ROOT=/data/media AUDIT_ANCHOR_DIR=/data/anchors
WORKDIR /app
COPY requirements/production.txt requirements/production.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/production.txt
# `--build-arg TRACING=1` for OpenTelemetry (config/tracing.py).
ARG TRACING=
COPY requirements/tracing.txt requirements/tracing.txt
RUN if [ -n "$TRACING" ]; then pip install --no-cache-dir --require-hashes -r requirements/tracing.txt; fi
COPY . .
RUN python -m ops.messages \
    && SECRET_KEY=only-while-building-the-image-0123456789 AUDIT_KEY=only-while-building-the-image-0123456789 \
    AUDIT_ANCHOR_KEY=only-while-building-the-image-0123456789 python manage.py collectstatic --no-input -v0 \
    && useradd --system --uid 10001 yisong && mkdir -p /data/media /data/anchors && chown -R yisong /data
USER yisong
VOLUME /data/media /data/anchors
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--config", "python:config.web_server", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--worker-class", "gthread", "--no-control-socket", "--forwarded-allow-ips", ""]
