"""Signed messages as HTTP requests and answers of Flask."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request

from sync.wire import protocol
from sync.wire.signing import Answer, Request


def signed_request() -> Request:
    """Return the request as it was signed: method, path and query as they came, body unread until here."""
    request.max_content_length = protocol.MAX_BODY_BYTES
    body = request.get_data(cache=False)
    query = request.query_string.decode("latin-1")
    target = quote(request.path) + (f"?{query}" if query else "")
    return Request(request.method, target, body, dict(request.headers))


def as_response(answer: Answer) -> Response:
    response = Response(answer.body, status=answer.status)
    response.headers["Content-Type"] = answer.content_type
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response
