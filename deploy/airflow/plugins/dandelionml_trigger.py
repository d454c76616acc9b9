"""Waits for a run in the triggerer, without a worker.

This file belongs into plugins/ (or an installed package): the triggerer imports it by name, and finds nothing in the DAGs folder.
"""
from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
from airflow.triggers.base import BaseTrigger, TriggerEvent
from airflow.version import version
from asgiref.sync import sync_to_async
from dandelionml_client import hold_async, settings_of
from dandelionml_protocol import Refused, cancel, start, watch

AIRFLOW = tuple(int(part) for part in version.split(".")[:2])
KEPT: set[asyncio.Task] = set()  # cancellations under way: asyncio itself keeps only weak references to tasks


class DandelionMlRunTrigger(BaseTrigger):
    """Asks until a run has started, or has ended, and answers one event: {"run": number or None, "status": …, "detail": …}.

    The status is "started" where there was no run yet, else how it ended, or "timeout" or "refused". Cancels the run when a user, or a
    time-out of its DAG run, ends the task that waits.
    """

    def __init__(
        self, conn_id: str, pipeline: str, body: dict[str, Any], run: int | None, poll: float, deadline: float | None
    ) -> None:
        """poll: seconds between two questions. deadline: seconds since 1970 when the wait ends; None for never."""
        super().__init__()
        self.conn_id, self.pipeline, self.body = conn_id, pipeline, body
        self.remote_run, self.poll, self.deadline = run, poll, deadline
        self._has_fired = False

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """For Airflow's database, so without the key: the connection has that."""
        return ("dandelionml_trigger.DandelionMlRunTrigger", {
            "conn_id": self.conn_id, "pipeline": self.pipeline, "body": self.body, "run": self.remote_run, "poll": self.poll,
            "deadline": self.deadline})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        settings = await sync_to_async(settings_of)(self.conn_id)
        async with httpx.AsyncClient(**settings) as client:
            while True:
                event = await self._ask(client)
                if event is None and self.deadline and time.time() >= self.deadline:
                    event = {"run": self.remote_run, "status": "timeout"}
                if event is not None:
                    self._has_fired = True
                    yield TriggerEvent(event)
                    return
                await asyncio.sleep(self.poll)

    async def _ask(self, client: httpx.AsyncClient) -> dict[str, Any] | None:
        try:
            if self.remote_run is None:
                run = await hold_async(start(self.pipeline, self.body), client)
                return None if run is None else {"run": run["id"], "status": "started"}
            status = await hold_async(watch(self.remote_run), client)
            return None if status is None else {"run": self.remote_run, "status": status}
        except Refused as refusal:
            return {"run": self.remote_run, "status": "refused", "detail": str(refusal)}

    async def on_kill(self) -> None:
        """Airflow 3.3 and later: the task was marked, cleared, or ended with its DAG run. Not called at a shutdown."""
        await self._cancel_unless_still_waiting()

    async def cleanup(self) -> None:
        """Airflow before 3.3 has no on_kill. cleanup runs at every end, at the triggerer's own shutdown, too."""
        if AIRFLOW < (3, 3):
            await self._cancel_unless_still_waiting()

    async def _cancel_unless_still_waiting(self) -> None:
        """In a task of its own: the triggerer cancels a trigger that ends again each second, and what it awaits with it."""
        if self._has_fired or self.remote_run is None:
            return  # without a run known, the lease of one that was just started ends it
        job = asyncio.get_running_loop().create_task(self._cancel(self.remote_run))
        KEPT.add(job)
        job.add_done_callback(KEPT.discard)
        await asyncio.shield(job)

    async def _cancel(self, run: int) -> None:
        try:
            is_waiting = await sync_to_async(self._is_still_waiting)()
        except Exception:
            self.log.exception("The task's state can't be read; run %s is left to its lease", run)
            return
        if is_waiting:
            self.log.info("The task still waits: the triggerer stops or hands over, and run %s goes on", run)
            return
        settings = await sync_to_async(settings_of)(self.conn_id)
        async with httpx.AsyncClient(**settings) as client:
            done = await hold_async(cancel(run), client)
        self.log.info("The task no longer waits; run %s %s", run, "is cancelled" if done else "is left to its lease: the host does not answer")

    def _is_still_waiting(self) -> bool:
        """Whether this task instance is deferred now."""
        ti = self.task_instance
        if AIRFLOW >= (3, 0):
            from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

            states = RuntimeTaskInstance.get_task_states(
                dag_id=ti.dag_id, task_ids=[ti.task_id], run_ids=[ti.run_id], map_index=ti.map_index)
            name = ti.task_id if ti.map_index < 0 else f"{ti.task_id}_{ti.map_index}"
            return states.get(ti.run_id, {}).get(name) == "deferred"
        from airflow.models.taskinstance import TaskInstance
        from airflow.utils.session import create_session

        with create_session() as session:
            row = session.query(TaskInstance.state, TaskInstance.trigger_id).filter_by(
                dag_id=ti.dag_id, task_id=ti.task_id, run_id=ti.run_id, map_index=ti.map_index).one_or_none()
        return row is not None and row.state == "deferred" and row.trigger_id == self.trigger_id
