"""A task that is a pod of Kubernetes, which runs a pipeline with the host's image and command."""
from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from dandelionml_protocol import group_of, key_of

try:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
except ImportError:
    KubernetesPodOperator = None  # Airflow imports each file of plugins/, wanted or not

SKIPPED = 99  # the exit code that the command is asked for, for a run that had nothing to do

# The command cancels its run when it is told to stop, and needs as long for it as a step may take to stop.
GRACE = 60  # seconds


class DandelionMlPodOperator(KubernetesPodOperator or object):
    """Runs `pipeline run` of the command that the image begins with, `dandelion`, in a pod that meets the Pod Security Standard "restricted", and waits for it without a worker.

    The environment says how: DANDELIONML_IMAGE (needed), DANDELIONML_NAMESPACE, DANDELIONML_ENV_SECRET, a Secret with the host's settings as
    variables, DANDELIONML_POD_TEMPLATE, a file with what else a pod has, such as its resources.
    """

    def __init__(
        self,
        *,
        pipeline: str,
        steps: Sequence[str] | None = None,
        parameters: dict[str, str] | None = None,
        lease: int = 300,
        wait: int = 86_400,
        **kwargs: Any,
    ) -> None:
        """lease: seconds after which a worker cancels the run of a pod that died. wait: seconds that a pod may take; a day by default."""
        if KubernetesPodOperator is None:
            raise ImportError(
                "Tasks in pods need the package apache-airflow-providers-cncf-kubernetes; without it, set DANDELIONML_RUN_IN to 'host'.")
        image = os.environ.get("DANDELIONML_IMAGE")
        if not image:
            raise ValueError("DANDELIONML_IMAGE is not set: tasks in pods need the host's image.")
        self.lease = lease
        template = os.environ.get("DANDELIONML_POD_TEMPLATE") or None
        super().__init__(
            name=f"dandelionml-{pipeline}",
            namespace=os.environ.get("DANDELIONML_NAMESPACE") or None,
            image=image,
            arguments=arguments_of(pipeline, steps, parameters),
            env_from=env_of(os.environ.get("DANDELIONML_ENV_SECRET")),
            pod_template_file=template,
            volumes=[] if template else scratch_of()[:1],
            volume_mounts=[] if template else scratch_of()[1:],
            security_context={"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            container_security_context={"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
            automount_service_account_token=False,
            active_deadline_seconds=wait,  # Airflow can leave the pod of a deferred task running
            termination_grace_period=GRACE,
            on_finish_action="delete_succeeded_pod",
            skip_on_exit_code=SKIPPED,
            do_xcom_push=False,
            deferrable=True,
            **kwargs)

    def execute(self, context: Any) -> Any:
        ti = context["ti"]
        self.arguments = [
            *self.arguments,
            "--key", key_of(ti.dag_id, ti.run_id, ti.task_id, ti.map_index, ti.max_tries),
            "--group", group_of(ti.dag_id, ti.run_id, ti.task_id, ti.map_index),
            "--lease", str(self.lease)]
        return super().execute(context)


def arguments_of(pipeline: str, steps: Sequence[str] | None, parameters: dict[str, str] | None) -> list[str]:
    """The command's arguments but those that only an attempt at the task knows."""
    # Photos that were left out, and a gate that rejected the version, are no failure of the task.
    arguments = ["pipeline", "run", pipeline, "--accept", "3", "--accept", "4", "--skipped-exit-code", str(SKIPPED)]
    for step in steps or []:
        arguments += ["--step", step]
    for name, value in (parameters or {}).items():
        arguments += ["--param", f"{name}={value}"]
    return arguments


def scratch_of() -> list[Any]:
    """A volume and its mount where the image keeps files: what lasts is in the database and the store."""
    from kubernetes.client import models

    return [
        models.V1Volume(name="data", empty_dir=models.V1EmptyDirVolumeSource()),
        models.V1VolumeMount(name="data", mount_path="/data")]


def env_of(secret: str | None) -> list[Any]:
    if not secret:
        return []
    from kubernetes.client import models

    return [models.V1EnvFromSource(secret_ref=models.V1SecretEnvSource(name=secret))]
