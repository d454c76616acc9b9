"""Takes a data set in: rows first, then the photos, then a training."""
from __future__ import annotations

import datetime

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from dandelionml_tasks import dandelionml_task

try:
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow.models.dag import DAG

with DAG(
    dag_id="mlops_project_get_store_images",
    description="Takes a data set in, then trains.",
    schedule=None,
    start_date=datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": datetime.timedelta(minutes=5)},
    params={"dataset": "greenr"},
    tags=["dandelionml"],
) as dag:
    start = EmptyOperator(task_id="start")
    insert = dandelionml_task(
        task_id="insert_urls_to_postgresql", pipeline="ingest-dataset", steps=["insert-urls"],
        parameters={"dataset": "{{ params.dataset }}"})
    process = dandelionml_task(
        task_id="process_images", pipeline="ingest-dataset", steps=["process-images"],
        parameters={"dataset": "{{ params.dataset }}"})
    train = TriggerDagRunOperator(task_id="trigger_training", trigger_dag_id="dinov2_train_pipeline")
    start >> insert >> process >> train
