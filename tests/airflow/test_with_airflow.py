"""Operator, trigger, pods and DAGs as a real Airflow has them; skipped where there is none."""
import asyncio
import datetime
import importlib
import importlib.util
import json
import os
import runpy
import sys
import tempfile
import unittest
from types import SimpleNamespace
from unittest import mock

import plugin_files

HAS_AIRFLOW = importlib.util.find_spec("airflow") is not None
if HAS_AIRFLOW:
    import dandelionml_client
    import dandelionml_operator
    import dandelionml_trigger
    import httpx
    from dandelionml_operator import AirflowFailException, AirflowSkipException, DandelionMlRunOperator
    from dandelionml_trigger import DandelionMlRunTrigger

    try:
        from airflow.sdk.exceptions import TaskDeferred
    except ImportError:
        from airflow.exceptions import TaskDeferred

TI = SimpleNamespace(dag_id="d", run_id="r", task_id="t", map_index=-1, max_tries=1)


class Host:
    """Answers requests, one after the other, and keeps them."""

    def __init__(self, *answers):
        self.answers, self.requests = list(answers), []

    def __call__(self, request):
        self.requests.append(f"{request.method} {request.url.path}")
        self.last = json.loads(request.content or b"null")
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        return httpx.Response(status, json=body)

    def settings(self, conn_id):
        return {"transport": httpx.MockTransport(self), "base_url": "http://plants.example"}


def run(state, **more):
    return {"id": 7, "state": state, **more}


@unittest.skipUnless(HAS_AIRFLOW, "needs Airflow")
class WithHost(unittest.TestCase):
    def host(self, *answers):
        host = Host(*answers)
        for module in (dandelionml_operator, dandelionml_trigger):
            patch = mock.patch.object(module, "settings_of", host.settings)
            patch.start()
            self.addCleanup(patch.stop)
        return host


class Operator(WithHost):
    def operator(self, **more):
        return DandelionMlRunOperator(task_id="t", pipeline="train", steps=["a"], parameters={"x": "y"}, poll=1, **more)

    def complete(self, operator, status, **more):
        return operator.execute_complete({"ti": TI}, {"run": 7, "status": status, **more})

    def test_run_is_started_with_the_keys_of_the_attempt_and_waited_for(self):
        host = self.host((202, run("queued")))
        with self.assertRaises(TaskDeferred) as deferred:
            self.operator().execute({"ti": TI})
        self.assertEqual({"key": "d/r/t/-1/1", "group": "d/r/t/-1", "lease": 300, "steps": ["a"], "parameters": {"x": "y"}}, host.last)
        path, arguments = deferred.exception.trigger.serialize()
        self.assertEqual(("dandelionml_trigger.DandelionMlRunTrigger", 7), (path, arguments["run"]))
        self.assertEqual(7, deferred.exception.kwargs["run"])
        json.dumps(arguments)

    def test_busy_host_is_left_to_the_trigger(self):
        self.host((409, {"detail": "busy"}))
        with self.assertRaises(TaskDeferred) as deferred:
            self.operator().execute({"ti": TI})
        self.assertIsNone(deferred.exception.trigger.remote_run)
        self.host()
        with self.assertRaises(TaskDeferred) as waiting:
            self.complete(self.operator(), "started")
        self.assertEqual(7, waiting.exception.trigger.remote_run)

    def test_host_out_of_reach_is_left_to_the_trigger(self):
        self.host(httpx.ConnectError("no"))
        with self.assertRaises(TaskDeferred):
            self.operator().execute({"ti": TI})

    def test_refusal_is_not_tried_again(self):
        self.host((400, {"detail": "no step 'a'"}))
        with self.assertRaisesRegex(AirflowFailException, "no step 'a'"):
            self.operator().execute({"ti": TI})

    def test_ends_of_a_run_are_ends_of_the_task(self):
        log = (200, [{"at": "2026-03-07", "level": "warning", "step": None, "text": "careful"}])
        self.host(log)
        self.assertEqual(7, self.complete(self.operator(), "succeeded"))
        for status, error in (
            ("skipped", AirflowSkipException), ("cancelled", AirflowFailException), ("failed", RuntimeError), ("expired", RuntimeError),
            ("lost", RuntimeError), ("refused", AirflowFailException)):
            self.host((503, None))
            with self.assertRaises(error, msg=status):
                self.complete(self.operator(), status)

    def test_run_that_takes_too_long_is_cancelled(self):
        host = self.host((200, []), (200, run("cancelled")))
        with self.assertRaisesRegex(RuntimeError, "took longer than 60 seconds"):
            self.complete(self.operator(wait=60), "timeout")
        self.assertEqual("POST /api/v1/pipelines/runs/7/cancel", host.requests[-1])

    def test_event_of_another_run_is_waited_on_from(self):
        self.host()
        with self.assertRaises(TaskDeferred) as deferred:
            self.operator().execute_complete({"ti": TI}, {"run": 6, "status": "cancelled"}, run=7, deadline=9.0)
        self.assertEqual((7, 9.0), (deferred.exception.trigger.remote_run, deferred.exception.trigger.deadline))

    def test_task_that_is_ended_on_a_worker_cancels_its_run(self):
        host = self.host((202, run("queued")), (200, run("cancelled")))
        operator = self.operator()
        with self.assertRaises(TaskDeferred):
            operator.execute({"ti": TI})
        operator.on_kill()
        self.assertEqual("POST /api/v1/pipelines/runs/7/cancel", host.requests[-1])

    def test_task_that_is_ended_before_it_has_a_run_asks_nothing(self):
        host = self.host()
        self.operator().on_kill()
        self.assertEqual([], host.requests)


class Trigger(WithHost):
    def trigger(self, number=7, deadline=None):
        return DandelionMlRunTrigger("dandelionml", "train", {"key": "k", "lease": 300}, number, 0, deadline)

    def event(self, trigger):
        async def first():
            async for event in trigger.run():
                return event.payload

        return asyncio.run(first())

    def test_run_is_asked_for_until_it_has_ended(self):
        host = self.host((200, run("queued")), httpx.ReadTimeout("slow"), (503, None), (200, run("running")), (200, run("succeeded")))
        self.assertEqual({"run": 7, "status": "succeeded"}, self.event(self.trigger()))
        self.assertEqual(["POST /api/v1/pipelines/runs/7/renew"] * 5, host.requests)

    def test_start_is_tried_until_the_pipeline_is_free(self):
        self.host((409, {"detail": "busy"}), (409, {"detail": "busy"}), (202, run("queued")))
        self.assertEqual({"run": 7, "status": "started"}, self.event(self.trigger(number=None)))

    def test_why_the_host_is_asked_again_is_told(self):
        self.host((409, {"detail": "run 3 is running"}), (202, run("queued")))
        with self.assertLogs("dandelionml_client", "WARNING") as logs:
            self.event(self.trigger(number=None))
        self.assertIn("409: run 3 is running", logs.output[0])

    def test_deadline_ends_the_wait(self):
        self.host((200, run("running")))
        self.assertEqual({"run": 7, "status": "timeout"}, self.event(self.trigger(deadline=1.0)))

    def test_run_that_has_ended_at_the_deadline_has_ended(self):
        self.host((200, run("succeeded")))
        self.assertEqual("succeeded", self.event(self.trigger(deadline=1.0))["status"])

    def test_refusal_is_told(self):
        self.host((401, {"detail": "no key"}))
        self.assertEqual({"run": 7, "status": "refused", "detail": "The host answers 401: no key"}, self.event(self.trigger()))

    def test_trigger_is_made_again_from_what_is_kept_of_it(self):
        path, arguments = self.trigger(deadline=5.0).serialize()
        module, _, name = path.rpartition(".")
        again = getattr(importlib.import_module(module), name)(**json.loads(json.dumps(arguments)))
        self.assertEqual((path, arguments), again.serialize())

    def test_run_is_cancelled_when_the_task_no_longer_waits(self):
        host = self.host((200, run("cancelled")))
        self.kill(self.trigger(), is_waiting=False)
        self.assertEqual(["POST /api/v1/pipelines/runs/7/cancel"], host.requests)

    def test_run_goes_on_when_the_triggerer_stops(self):
        host = self.host()
        self.kill(self.trigger(), is_waiting=True)
        self.assertEqual([], host.requests)

    def test_run_goes_on_when_the_tasks_state_is_not_known(self):
        host = self.host()
        self.kill(self.trigger(), is_waiting=OSError("no database"))
        self.assertEqual([], host.requests)

    def test_run_that_has_ended_is_not_cancelled(self):
        host = self.host((200, run("succeeded")))
        trigger = self.trigger()
        self.event(trigger)
        self.kill(trigger, is_waiting=False)
        self.assertEqual(1, len(host.requests))

    def test_cancelling_outlives_that_it_is_cancelled_itself(self):
        host = self.host((200, run("cancelled")))
        trigger = self.trigger()

        async def impatient():
            killing = asyncio.create_task(trigger.on_kill())
            await asyncio.sleep(0)
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
            await asyncio.gather(*dandelionml_trigger.KEPT)

        with mock.patch.object(trigger, "_is_still_waiting", return_value=False):
            asyncio.run(impatient())
        self.assertEqual(1, len(host.requests))

    def test_versions_without_on_kill_cancel_in_cleanup_and_others_do_not(self):
        for version, requests in (((2, 11), 1), ((3, 1), 1), ((3, 3), 0)):
            host = self.host((200, run("cancelled")))
            trigger = self.trigger()
            with mock.patch.object(dandelionml_trigger, "AIRFLOW", version), \
                    mock.patch.object(trigger, "_is_still_waiting", return_value=False):
                asyncio.run(trigger.cleanup())
            self.assertEqual(requests, len(host.requests))

    def kill(self, trigger, is_waiting):
        answer = {"side_effect": is_waiting} if isinstance(is_waiting, Exception) else {"return_value": is_waiting}
        with mock.patch.object(trigger, "_is_still_waiting", **answer):
            asyncio.run(trigger.on_kill())


@unittest.skipUnless(HAS_AIRFLOW, "needs Airflow")
class Connections(unittest.TestCase):
    def test_address_and_key_come_from_the_connection(self):
        given = json.dumps({"conn_type": "http", "host": "https://plants.example/garden", "password": "only-for-tests"})
        with mock.patch.dict(os.environ, {"AIRFLOW_CONN_PLANTS": given}):
            settings = dandelionml_client.settings_of("plants")
        self.assertEqual("https://plants.example/garden", settings["base_url"])
        self.assertEqual({"X-Api-Key": "only-for-tests"}, settings["headers"])


@unittest.skipUnless(HAS_AIRFLOW, "needs Airflow")
class Dags(unittest.TestCase):
    EXPECTED = {
        "mlops_project_get_store_images": (2, ["start", "insert_urls_to_postgresql", "process_images", "trigger_training"]),
        "dinov2_train_pipeline": (1, ["Entrainement_du_modele"]),
        "dinov2_REtrain_pipeline": (1, ["check_new_images", "move_images", "trigger_training"]),
    }

    def test_ids_retries_and_order_are_the_reference_systems(self):
        for dag_id, (retries, tasks) in self.EXPECTED.items():
            dag = self.load(dag_id)
            self.assertEqual(dag_id, dag.dag_id)
            self.assertEqual((1, False), (dag.max_active_runs, dag.catchup))
            self.assertEqual(set(tasks), set(dag.task_ids))
            for before, after in zip(tasks, tasks[1:]):
                self.assertEqual({after}, dag.get_task(before).downstream_task_ids)
            for task in dag.tasks:
                self.assertEqual((retries, datetime.timedelta(minutes=5)), (task.retries, task.retry_delay))
                self.assertEqual("all_success", str(getattr(task.trigger_rule, "value", task.trigger_rule)))

    def test_retraining_is_due_on_saturdays_and_called_by_that_day_in_each_version(self):
        import pendulum
        from airflow.timetables.base import TimeRestriction

        timetable = self.load("dinov2_REtrain_pipeline").timetable
        tuesday = pendulum.datetime(2026, 3, 10, tz="UTC")
        due = timetable.next_dagrun_info(
            last_automated_data_interval=None, restriction=TimeRestriction(earliest=tuesday, latest=None, catchup=True))
        saturday = pendulum.datetime(2026, 3, 14, tz="UTC")
        self.assertEqual((saturday, saturday), (due.run_after, due.logical_date))
        for dag_id in ("mlops_project_get_store_images", "dinov2_train_pipeline"):
            self.assertEqual("NullTimetable", type(self.load(dag_id).timetable).__name__)

    def test_tasks_are_steps_of_the_hosts_pipelines(self):
        wanted = {
            "insert_urls_to_postgresql": ("ingest-dataset", ["insert-urls"]), "process_images": ("ingest-dataset", ["process-images"]),
            "Entrainement_du_modele": ("train", None),
            "check_new_images": ("retrain", ["check-new-images"]), "move_images": ("retrain", ["move-images"]),
        }
        found = {task.task_id: (task.pipeline, task.steps) for dag in map(self.load, self.EXPECTED) for task in dag.tasks
                 if isinstance(task, DandelionMlRunOperator)}
        self.assertEqual(wanted, found)

    @staticmethod
    def load(dag_id):
        return runpy.run_path(str(plugin_files.DAGS / f"{dag_id}.py"))["dag"]


@unittest.skipUnless(HAS_AIRFLOW, "needs Airflow")
class Pods(unittest.TestCase):
    ENVIRONMENT = {
        "DANDELIONML_RUN_IN": "pods", "DANDELIONML_IMAGE": "plants.example/dandelion:1", "DANDELIONML_NAMESPACE": "plants",
        "DANDELIONML_ENV_SECRET": "dandelion-settings"}

    def setUp(self):
        patch = mock.patch.dict(os.environ, self.ENVIRONMENT)
        patch.start()
        self.addCleanup(patch.stop)

    def test_each_dag_loads_with_its_tasks_as_pods(self):
        for dag_id in Dags.EXPECTED:
            kinds = {type(task).__name__ for task in Dags.load(dag_id).tasks}
            self.assertIn("DandelionMlPodOperator", kinds)
            self.assertNotIn("DandelionMlRunOperator", kinds)

    def test_pod_runs_the_images_command_within_a_deadline_and_meets_the_restricted_standard(self):
        task = Dags.load("mlops_project_get_store_images").get_task("process_images")
        arguments = self.arguments_of(task)
        spec = self.spec_of(task)
        container = spec["containers"][0]
        self.assertEqual("plants.example/dandelion:1", container["image"])
        self.assertFalse(container.get("command"), "the image's own entry point is the command")
        self.assertEqual([
            "pipeline", "run", "ingest-dataset", "--accept", "3", "--accept", "4", "--skipped-exit-code", "99", "--step", "process-images",
            "--param", "dataset={{ params.dataset }}", "--key", "d/r/t/-1/1", "--group", "d/r/t/-1", "--lease", "300"], arguments)
        self.assertEqual(([{"name": "data", "emptyDir": {}}], [{"name": "data", "mountPath": "/data"}]), (
            spec["volumes"], container["volumeMounts"]))
        self.assertEqual([{"secretRef": {"name": "dandelion-settings"}}], container["envFrom"])
        self.assertEqual((86_400, 60, "Never"), (
            spec["activeDeadlineSeconds"], spec["terminationGracePeriodSeconds"], spec["restartPolicy"]))
        self.assertEqual({"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}, spec["securityContext"])
        self.assertEqual({"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}, container["securityContext"])
        self.assertIs(False, spec["automountServiceAccountToken"])

    def test_template_says_what_else_a_pod_has(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as template:
            template.write('''
                apiVersion: v1
                kind: Pod
                spec:
                  nodeSelector: {disk: fast}
                  volumes: [{name: photos, persistentVolumeClaim: {claimName: photos}}]
                  containers:
                    - name: base
                      resources: {limits: {memory: 4Gi}}
                      volumeMounts: [{name: photos, mountPath: /data}]
                ''')
            template.flush()
            with mock.patch.dict(os.environ, {"DANDELIONML_POD_TEMPLATE": template.name}):
                spec = self.spec_of(Dags.load("dinov2_train_pipeline").get_task("Entrainement_du_modele"))
        container = spec["containers"][0]
        self.assertEqual(({"disk": "fast"}, {"limits": {"memory": "4Gi"}}), (spec["nodeSelector"], container["resources"]))
        self.assertEqual(["photos"], [mounted["name"] for mounted in container["volumeMounts"]])
        self.assertEqual("plants.example/dandelion:1", container["image"])
        self.assertTrue(spec["securityContext"]["runAsNonRoot"])

    def test_command_that_had_nothing_to_do_skips_the_task_and_a_wait_takes_no_worker(self):
        task = Dags.load("dinov2_REtrain_pipeline").get_task("check_new_images")
        self.assertEqual(([99], True), (task.skip_on_exit_code, task.deferrable))

    def test_missing_image_and_unknown_place_are_named(self):
        for name, value, says in (("DANDELIONML_IMAGE", "", "DANDELIONML_IMAGE is not set"), ("DANDELIONML_RUN_IN", "moon", "'moon'")):
            with mock.patch.dict(os.environ, {name: value}), self.assertRaisesRegex(ValueError, says):
                Dags.load("dinov2_train_pipeline")

    def test_plugins_load_without_the_provider_and_a_task_in_a_pod_names_it(self):
        path = str(plugin_files.AIRFLOW / "plugins" / "dandelionml_pods.py")
        with mock.patch.dict(sys.modules, {"airflow.providers.cncf.kubernetes.operators.pod": None}):
            operator = runpy.run_path(path)["DandelionMlPodOperator"]
        with self.assertRaisesRegex(ImportError, "apache-airflow-providers-cncf-kubernetes"):
            operator(task_id="t", pipeline="train")

    def arguments_of(self, task):
        """What the command is given at an attempt."""
        from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

        with mock.patch.object(KubernetesPodOperator, "execute", lambda operator, context: operator.arguments):
            return task.execute({"ti": TI})

    @staticmethod
    def spec_of(task):
        from kubernetes.client import ApiClient

        with mock.patch.object(type(task), "hook", mock.Mock(is_in_cluster=False, get_namespace=lambda: None)):
            return ApiClient().sanitize_for_serialization(task.build_pod_request_obj())["spec"]


if __name__ == "__main__":
    unittest.main()
