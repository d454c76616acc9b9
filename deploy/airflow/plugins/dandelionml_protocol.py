"""How a task of Airflow starts, finds, resumes and watches a run of a pipeline: the requests, and what the answers mean.

Standard library alone, and no request is sent here. A conversation is a generator that yields requests and is sent answers, so that the
operator, which has a plain client, and the trigger, which has an asynchronous one, hold the same.
"""
from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

MAX_NAME = 500  # what the host takes for a key or a group
RUNS = "/api/v1/pipelines/runs"

# The host is busy with another run, restarts, or lies behind a proxy that does not reach it: it is asked again.
ASK_AGAIN = {408, 409, 425, 429, 500, 502, 503, 504}


class Refused(Exception):
    """The host does not take the request, and would not take it a second time."""


@dataclass(frozen=True)
class Request:
    """A request to the host; its path is relative to the host's address."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """An answer of the host. Status 0: there was none; then `body` says why."""

    status: int
    body: Any


Conversation = Generator[Request, Answer, Any]


def group_of(dag_id: str, run_id: str, task_id: str, map_index: int) -> str:
    """What all attempts at a task of a DAG run share: a new run in it ends the one before."""
    return shorten(f"{dag_id}/{run_id}/{task_id}/{map_index}")


def key_of(dag_id: str, run_id: str, task_id: str, map_index: int, max_tries: int) -> str:
    """The same over automatic retries, which find their run by it; another one when a user clears the task, which changes max_tries."""
    return shorten(f"{dag_id}/{run_id}/{task_id}/{map_index}/{max_tries}")


def shorten(name: str) -> str:
    """The name, or where the host would not take it for its length, its beginning with a hash of it all."""
    if len(name.encode("utf-16-le")) // 2 <= MAX_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()
    return f"{name.encode('utf-16-le')[:2 * (MAX_NAME - len(digest) - 2)].decode('utf-16-le', 'ignore')}~{digest}"


def start(pipeline: str, body: Mapping[str, Any]) -> Conversation:
    """Starts the run of a key or finds it, and resumes it if it had failed or was cancelled.

    Returns the run; None if the host is to be asked again. Raises Refused.
    """
    answer = yield Request("POST", f"/api/v1/pipelines/{quote(pipeline, safe='')}/runs", body)
    run = accepted(answer)
    if run is not None and answer.status == 200 and run["state"] in {"failed", "cancelled"}:
        resumed = yield Request("POST", f"{RUNS}/{run['id']}/retry", {"lease": body["lease"]})
        return accepted(resumed)
    return run


def watch(run_id: int) -> Conversation:
    """Renews the run's lease and asks how the run ended.

    Returns the end: succeeded, skipped, failed, cancelled, expired (its lease was over) or lost (the host does not have the run); None while it
    goes on, and where the host is to be asked again.
    """
    answer = yield Request("POST", f"{RUNS}/{run_id}/renew")
    if answer.status == 404:
        return "lost"
    run = accepted(answer)
    return None if run is None else end_of(run)


def cancel(run_id: int) -> Conversation:
    """Cancels the run, unless it has ended. Returns whether the host has answered so."""
    answer = yield Request("POST", f"{RUNS}/{run_id}/cancel")
    return answer.status in {200, 404, 409}


def accepted(answer: Answer) -> dict[str, Any] | None:
    """The run of an answer; None where the host is to be asked again."""
    if answer.status in ASK_AGAIN or answer.status == 0:
        return None
    if answer.status in {200, 202} and isinstance(answer.body, dict) and "id" in answer.body and "state" in answer.body:
        return answer.body
    if answer.status in {200, 202}:
        return None  # a proxy's page
    raise Refused(explain(answer))


def explain(answer: Answer) -> str:
    """Why an answer is no success, in a line."""
    if answer.status == 0:
        return f"The host does not answer: {answer.body}"
    detail = answer.body.get("detail") or answer.body.get("title") if isinstance(answer.body, dict) else None
    return f"The host answers {answer.status}{': ' + str(detail) if detail else ''}"


def end_of(run: Mapping[str, Any]) -> str | None:
    """How a run ended; None while it goes on."""
    state = run["state"]
    if state in {"queued", "running", "waiting"}:
        return None
    if state == "cancelled" and str(run.get("reason") or "").startswith("cancelled by its lease"):
        return "expired"  # nobody wanted it to end
    return state


def address_of(host: str | None, schema: str | None, port: int | None) -> str:
    """The host's address by the fields of a connection of type HTTP: a name or an address, which may end in a path."""
    if not host:
        raise ValueError("The connection to DandelionMl names no host.")
    scheme, found, rest = host.partition("://")
    if not found:
        scheme, rest = schema or "http", host
    name, slash, path = rest.partition("/")
    return f"{scheme}://{name}{f':{port}' if port else ''}{slash}{path}".rstrip("/")
