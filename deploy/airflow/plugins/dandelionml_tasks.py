"""Where the DAGs' tasks run: as runs of a host over its API, or as pods of the same image, by the environment variable DANDELIONML_RUN_IN."""
from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from dandelionml_operator import DandelionMlRunOperator

RUN_IN = "DANDELIONML_RUN_IN"


def dandelionml_task(
    *, task_id: str, pipeline: str, steps: Sequence[str] | None = None, parameters: dict[str, str] | None = None, **kwargs: Any
) -> Any:
    """A task that does a pipeline, or some of its steps. Asks nothing but the environment, so it may be called at every parse of a file."""
    where = os.environ.get(RUN_IN) or "host"
    lease = int(os.environ.get("DANDELIONML_LEASE_SECONDS") or 300)
    if where == "host":
        return DandelionMlRunOperator(
            task_id=task_id, pipeline=pipeline, steps=steps, parameters=parameters,
            conn_id=os.environ.get("DANDELIONML_CONN_ID") or "dandelionml",
            poll=float(os.environ.get("DANDELIONML_POLL_SECONDS") or 15), lease=lease, **kwargs)
    if where == "pods":
        from dandelionml_pods import DandelionMlPodOperator

        return DandelionMlPodOperator(task_id=task_id, pipeline=pipeline, steps=steps, parameters=parameters, lease=lease, **kwargs)
    raise ValueError(f"{RUN_IN} is '{where}': 'host' and 'pods' are accepted.")
