"""A task that is a run of a pipeline on a DandelionMl host."""
from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import httpx
from dandelionml_client import hold, settings_of
from dandelionml_protocol import Refused, cancel, group_of, key_of, start
from dandelionml_trigger import DandelionMlRunTrigger

try:
    from airflow.sdk import BaseOperator
except ImportError:  # Airflow 2
    from airflow.models.baseoperator import BaseOperator
try:
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
except ImportError:  # Airflow 2, 3.0 to 3.2
    from airflow.exceptions import AirflowFailException, AirflowSkipException


class DandelionMlRunOperator(BaseOperator):
    """Starts a run and waits for its end without a worker. Its result is the run's number.

    A retry finds the run of the attempt before and resumes it; a task that a user clears starts a new run, which ends the one before it. A run
    that had nothing to do skips the task. A run that somebody cancelled fails it without a retry.
    """

    template_fields: Sequence[str] = ("pipeline", "steps", "parameters")

    def __init__(
        self,
        *,
        pipeline: str,
        steps: Sequence[str] | None = None,
        parameters: dict[str, str] | None = None,
        conn_id: str = "dandelionml",
        poll: float = 15,
        lease: int = 300,
        wait: float | None = 86_400,
        **kwargs: Any,
    ) -> None:
        """
        pipeline: the pipeline's id. steps: the steps of it to do; all by default. parameters: what it is started with.
        conn_id: the connection with the host's address, and an API key as its password.
        poll: seconds between two questions for the run's state; 15 by default.
        lease: seconds, 30 to 3600, after which the host cancels a run that is no longer asked for; 300 by default.
        wait: seconds that an attempt at the task may wait, then the run is cancelled; a day by default, None for any time.
        """
        super().__init__(**kwargs)
        self.pipeline, self.steps, self.parameters = pipeline, steps, parameters
        self.conn_id, self.poll, self.lease, self.wait = conn_id, poll, lease, wait
        self._run: int | None = None

    def execute(self, context: Any) -> int:
        deadline = time.time() + self.wait if self.wait else None
        body = self._body(context["ti"])
        try:
            with self._client() as client:
                run = hold(start(self.pipeline, body), client)
        except Refused as refusal:
            raise AirflowFailException(str(refusal)) from refusal
        self._run = run["id"] if run else None
        if run is None:
            self.log.info("The host can't start a run of %s now, since it is busy or does not answer; it is asked again", self.pipeline)
        else:
            self.log.info("Run %s of %s, key %s", run["id"], self.pipeline, body["key"])
        return self._wait(context, deadline)

    def execute_complete(self, context: Any, event: dict[str, Any], run: int | None = None, deadline: float | None = None) -> int:
        """Goes on with an event of the trigger. `run` is the one that this attempt waits for."""
        status, ended = event["status"], event["run"]
        if run is not None and ended != run:  # the event of an earlier attempt's trigger, after a clear
            self._run = run
            return self._wait(context, deadline)
        if status == "started":
            self._run = ended
            self.log.info("Run %s of %s", ended, self.pipeline)
            return self._wait(context, deadline)
        if ended is not None:
            self._copy_log(ended)
        if status == "succeeded":
            return ended
        if status == "skipped":
            raise AirflowSkipException(f"Run {ended} had nothing to do")
        if status == "timeout":
            self._cancel(ended)
            raise RuntimeError(f"Run {ended} of {self.pipeline} took longer than {self.wait} seconds and was cancelled")
        if status == "cancelled":
            raise AirflowFailException(f"Run {ended} was cancelled")
        if status == "refused":
            raise AirflowFailException(event.get("detail"))
        raise RuntimeError(f"Run {ended} of {self.pipeline}: {status}")

    def on_kill(self) -> None:
        """The task was ended while a worker had it."""
        self._cancel(self._run)

    def _wait(self, context: Any, deadline: float | None) -> int:
        trigger = DandelionMlRunTrigger(self.conn_id, self.pipeline, self._body(context["ti"]), self._run, self.poll, deadline)
        self.defer(trigger=trigger, method_name="execute_complete", kwargs={"run": self._run, "deadline": deadline})
        raise AssertionError("defer does not return")

    def _body(self, ti: Any) -> dict[str, Any]:
        body: dict[str, Any] = {
            "key": key_of(ti.dag_id, ti.run_id, ti.task_id, ti.map_index, ti.max_tries),
            "group": group_of(ti.dag_id, ti.run_id, ti.task_id, ti.map_index),
            "lease": self.lease,
        }
        if self.steps:
            body["steps"] = list(self.steps)
        if self.parameters:
            body["parameters"] = dict(self.parameters)
        return body

    def _client(self) -> httpx.Client:
        return httpx.Client(**settings_of(self.conn_id))

    def _cancel(self, run: int | None) -> None:
        if run is not None:
            with self._client() as client:
                hold(cancel(run), client)

    def _copy_log(self, run: int) -> None:
        """Brings the run's log into the task's."""
        try:
            with self._client() as client:
                answer = client.get(f"/api/v1/pipelines/runs/{run}/log")
                lines = answer.json() if answer.is_success else []
        except (httpx.TransportError, ValueError):
            lines = []
        for line in lines:
            self.log.info("%s %s %s: %s", line["at"], line["level"], line["step"] or "run", line["text"])
