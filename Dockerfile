# syntax=docker/dockerfile:1
# One image for every process of ours: the command chooses (worker.py, starter.py, python -m oms.web).

FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/orderloom
WORKDIR /build
COPY requirements/run.txt requirements/run.txt
RUN /opt/orderloom/bin/python -m pip install --require-hashes -r requirements/run.txt

FROM python:3.13-slim-trixie
RUN apt-get update \
    && apt-get install -y --no-install-recommends tini tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --shell /usr/sbin/nologin orderloom
COPY --from=build /opt/orderloom /opt/orderloom
WORKDIR /app
COPY worker.py starter.py ./
COPY oms oms
COPY workflows workflows
COPY activities activities
ENV PATH=/opt/orderloom/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OMS_HEALTH_PORT=8081 \
    OMS_METRICS_PORT=9090 \
    OMS_WEB_HOST=0.0.0.0 \
    OMS_WEB_PORT=8080
# A volume that is mounted here first takes over its owner: worker and web share their reports.
RUN install -d -o 10001 -g 10001 /var/lib/orderloom/reports
USER 10001
EXPOSE 8080 8081 9090
# tini hands SIGTERM to the process, which stops polling and finishes what it has begun (OMS_GRACE_SECONDS).
ENTRYPOINT ["tini", "--"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=4 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8081/health', timeout=4)"]
CMD ["python", "worker.py"]
