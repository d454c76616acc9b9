"""Trains a model on all photos; the gate decides whether it is served."""
from __future__ import annotations

import datetime

from dandelionml_tasks import dandelionml_task

try:
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow.models.dag import DAG

with DAG(
    dag_id="dinov2_train_pipeline",
    description="Trains a model on all photos; the gate decides whether it is served.",
    schedule=None,
    start_date=datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": datetime.timedelta(minutes=5)},
    tags=["dandelionml"],
) as dag:
    dandelionml_task(task_id="Entrainement_du_modele", pipeline="train")
