"""The host's API as Airflow's processes call it, with the address and the key of an Airflow connection of type HTTP."""
from __future__ import annotations

import logging
from typing import Any

import httpx
from dandelionml_protocol import ASK_AGAIN, Answer, Conversation, Request, address_of, explain

try:
    from airflow.sdk import BaseHook
except ImportError:  # Airflow 2
    from airflow.hooks.base import BaseHook

TIMEOUT = 30  # seconds

log = logging.getLogger(__name__)


def settings_of(conn_id: str) -> dict[str, Any]:
    """What a client is made with. Asks Airflow for the connection, so never at the parse of a file."""
    conn = BaseHook.get_connection(conn_id)
    headers = {"X-Api-Key": conn.password} if conn.password else {}
    return {"base_url": address_of(conn.host, conn.schema, conn.port), "headers": headers, "timeout": TIMEOUT}


def hold(conversation: Conversation, client: httpx.Client) -> Any:
    """Holds a conversation with the host. Returns what it comes to."""
    try:
        request = next(conversation)
        while True:
            try:
                answer = read(client.request(request.method, request.path, **content_of(request)))
            except httpx.TransportError as error:
                answer = Answer(0, type(error).__name__)
            request = conversation.send(noted(request, answer))
    except StopIteration as end:
        return end.value


async def hold_async(conversation: Conversation, client: httpx.AsyncClient) -> Any:
    """The same as hold, with an asynchronous client."""
    try:
        request = next(conversation)
        while True:
            try:
                answer = read(await client.request(request.method, request.path, **content_of(request)))
            except httpx.TransportError as error:
                answer = Answer(0, type(error).__name__)
            request = conversation.send(noted(request, answer))
    except StopIteration as end:
        return end.value


def noted(request: Request, answer: Answer) -> Answer:
    """Tells of an answer after which the host is asked again: a task that waits for long should say for what."""
    if answer.status == 0 or answer.status in ASK_AGAIN:
        log.warning("%s %s: %s", request.method, request.path, explain(answer))
    return answer


def content_of(request: Request) -> dict[str, Any]:
    return {} if request.body is None else {"json": dict(request.body)}


def read(response: httpx.Response) -> Answer:
    try:
        return Answer(response.status_code, response.json())
    except ValueError:
        return Answer(response.status_code, None)
