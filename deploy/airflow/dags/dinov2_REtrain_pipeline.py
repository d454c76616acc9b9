"""On Saturdays, if there are enough reviewed photos: takes them into the training set, then trains."""
from __future__ import annotations

import datetime

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.timetables.trigger import CronTriggerTimetable
from dandelionml_tasks import dandelionml_task

try:
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow.models.dag import DAG

with DAG(
    dag_id="dinov2_REtrain_pipeline",
    description="Takes reviewed photos into the training set once there are enough, then trains.",
    # The same as "0 0 * * 6", which in Airflow 2 would call the run of a Saturday by the Saturday before.
    schedule=CronTriggerTimetable("0 0 * * 6", timezone="UTC"),
    start_date=datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": datetime.timedelta(minutes=5)},
    tags=["dandelionml"],
) as dag:
    check = dandelionml_task(task_id="check_new_images", pipeline="retrain", steps=["check-new-images"])
    move = dandelionml_task(task_id="move_images", pipeline="retrain", steps=["move-images"])
    train = TriggerDagRunOperator(task_id="trigger_training", trigger_dag_id="dinov2_train_pipeline")
    check >> move >> train
