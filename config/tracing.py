"""OpenTelemetry, when OTEL_EXPORTER_OTLP_ENDPOINT says where to (requirements/tracing.txt); otherwise nothing of it is imported here.

What leaves is what is named here and nothing else: no address, no statement, no parameter, no key, no text of an error.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.logs import sifted

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
# The attributes of a span that may leave. Whatever a library adds tomorrow does not, until it is named here.
MAY_LEAVE = (
    "http.method", "http.request.method", "http.route", "http.status_code", "http.response.status_code", "db.system", "db.system.name", "db.name",
    "db.namespace", "celery.action", "celery.state", "celery.task_name", "messaging.destination", "messaging.message.id", "messaging.message_id",
)  # fmt: skip
LONGEST_NAME = 100


def wanted() -> bool:
    """Whether the operator switched it on."""
    return bool(os.environ.get(ENDPOINT))


def start(exporter: Any = None) -> bool:
    """Instrument Django, psycopg, Celery and Redis in this process; False, with nothing imported, where it is not wanted.

    `exporter`: instead of OTLP over HTTP; its spans leave at once. Call it before Django's handler is made.
    """
    if not wanted():
        return False
    from opentelemetry import trace
    from opentelemetry.instrumentation.celery import CeleryInstrumentor
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
    from opentelemetry.instrumentation.redis import RedisInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", "yisong")}))
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(careful(exporter)))
    else:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(careful(OTLPSpanExporter())))
    trace.set_tracer_provider(provider)
    for one in (DjangoInstrumentor, PsycopgInstrumentor, CeleryInstrumentor, RedisInstrumentor):
        one().instrument(tracer_provider=provider)
    return True


def careful(exporter: SpanExporter) -> SpanExporter:
    """An exporter that hands on only what may leave."""
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
    from opentelemetry.trace import Status

    def without_values(span: ReadableSpan) -> ReadableSpan:
        kept = {name: value for name, value in (span.attributes or {}).items() if name in MAY_LEAVE}
        # An event is an error with its text; a status may bear it as well.
        return ReadableSpan(
            name=sifted(span.name)[:LONGEST_NAME], context=span.context, parent=span.parent, resource=span.resource, attributes=kept, kind=span.kind,
            status=Status(span.status.status_code), start_time=span.start_time, end_time=span.end_time, instrumentation_scope=span.instrumentation_scope,
        )  # fmt: skip

    class Careful(SpanExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            return exporter.export([without_values(span) for span in spans])

        def shutdown(self) -> None:
            exporter.shutdown()

        def force_flush(self, timeout_millis: int = 30_000) -> bool:
            return exporter.force_flush(timeout_millis)

    return Careful()
