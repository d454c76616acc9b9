"""The conversations with a host, without a host; plain python3."""
import unittest

import plugin_files  # noqa: F401
from dandelionml_protocol import (
    Answer, Refused, Request, accepted, address_of, cancel, end_of, explain, group_of, key_of, shorten, start, watch)

BODY = {"key": "k", "group": "g", "lease": 300}


def hold(conversation, *answers):
    """Gives a conversation its answers. Returns its requests and what it comes to."""
    requests, left = [], list(answers)
    try:
        requests.append(next(conversation))
        while True:
            requests.append(conversation.send(left.pop(0)))
    except StopIteration as end:
        assert not left, f"not asked for: {left}"
        return requests, end.value


def run(state, number=7, **more):
    return {"id": number, "state": state, **more}


class Keys(unittest.TestCase):
    TASK = ("dag", "manual__2026-03-07T00:00:00+00:00", "task", -1)

    def test_key_changes_with_max_tries_and_group_does_not(self):
        self.assertEqual("dag/manual__2026-03-07T00:00:00+00:00/task/-1", group_of(*self.TASK))
        self.assertEqual("dag/manual__2026-03-07T00:00:00+00:00/task/-1/1", key_of(*self.TASK, 1))
        self.assertNotEqual(key_of(*self.TASK, 1), key_of(*self.TASK, 3))

    def test_mapped_tasks_have_keys_of_their_own(self):
        self.assertNotEqual(key_of("d", "r", "t", 0, 1), key_of("d", "r", "t", 1, 1))

    def test_long_names_are_cut_to_what_the_host_takes_and_stay_apart(self):
        self.assertEqual("x" * 500, shorten("x" * 500))
        long, other = shorten("x" * 750 + "/1"), shorten("x" * 750 + "/2")
        self.assertEqual((500 - 1, True), (len(long), long.startswith("xxx")))
        self.assertNotEqual(long, other)
        self.assertEqual(long, shorten("x" * 750 + "/1"))

    def test_long_names_count_as_the_host_counts(self):
        leaves = shorten("\U0001F33F" * 300)  # 600 UTF-16 code units
        self.assertLessEqual(len(leaves.encode("utf-16-le")) // 2, 500)


class Starting(unittest.TestCase):
    def test_new_run_is_started_with_key_group_and_lease(self):
        requests, started = hold(start("ingest-dataset", BODY), Answer(202, run("queued")))
        self.assertEqual([Request("POST", "/api/v1/pipelines/ingest-dataset/runs", BODY)], requests)
        self.assertEqual(7, started["id"])

    def test_pipeline_is_a_part_of_the_path(self):
        requests, _ = hold(start("a/../b c", BODY), Answer(202, run("queued")))
        self.assertEqual("/api/v1/pipelines/a%2F..%2Fb%20c/runs", requests[0].path)

    def test_retry_finds_its_run_and_resumes_it_with_the_lease_if_it_failed(self):
        for state in ("failed", "cancelled"):
            requests, started = hold(start("train", BODY), Answer(200, run(state)), Answer(202, run("queued")))
            self.assertEqual(Request("POST", "/api/v1/pipelines/runs/7/retry", {"lease": 300}), requests[1])
            self.assertEqual("queued", started["state"])

    def test_run_that_goes_on_or_is_done_is_found_as_it_is(self):
        for state in ("queued", "running", "waiting", "succeeded", "skipped"):
            requests, found = hold(start("train", BODY), Answer(200, run(state)))
            self.assertEqual((1, state), (len(requests), found["state"]))

    def test_busy_pipeline_and_host_that_restarts_are_asked_again(self):
        for status in (0, 409, 429, 500, 502, 503, 504):
            self.assertIsNone(hold(start("train", BODY), Answer(status, {"detail": "later"}))[1])
        self.assertIsNone(hold(start("train", BODY), Answer(200, run("failed")), Answer(409, {"detail": "busy"}))[1])

    def test_page_of_a_proxy_is_no_answer(self):
        self.assertIsNone(hold(start("train", BODY), Answer(200, None))[1])

    def test_refusal_is_told_with_the_hosts_reason(self):
        for status in (400, 401, 403, 404, 302):
            with self.assertRaisesRegex(Refused, f"{status}: the reason"):
                hold(start("train", BODY), Answer(status, {"title": "T", "detail": "the reason"}))


class Watching(unittest.TestCase):
    def test_lease_is_renewed_with_each_question(self):
        requests, end = hold(watch(7), Answer(200, run("running")))
        self.assertEqual([Request("POST", "/api/v1/pipelines/runs/7/renew")], requests)
        self.assertIsNone(end)

    def test_ends_are_told(self):
        for state in ("succeeded", "skipped", "failed", "cancelled"):
            self.assertEqual(state, hold(watch(7), Answer(200, run(state, reason="cancelled by alice")))[1])

    def test_run_that_was_not_asked_for_is_told_from_one_that_somebody_cancelled(self):
        self.assertEqual("expired", end_of(run("cancelled", reason="cancelled by its lease: nobody renewed it for 300 seconds")))
        self.assertEqual("cancelled", end_of(run("cancelled", reason=None)))

    def test_run_that_is_gone_is_lost_and_a_host_out_of_reach_is_not(self):
        self.assertEqual("lost", hold(watch(7), Answer(404, None))[1])
        self.assertIsNone(hold(watch(7), Answer(0, "ConnectError"))[1])
        self.assertIsNone(hold(watch(7), Answer(503, None))[1])

    def test_key_that_is_no_longer_taken_is_told(self):
        with self.assertRaises(Refused):
            hold(watch(7), Answer(401, None))

    def test_cancel_of_a_run_that_has_ended_is_done(self):
        for status, done in ((200, True), (409, True), (404, True), (503, False), (0, False)):
            self.assertEqual(done, hold(cancel(7), Answer(status, None))[1])


class Answers(unittest.TestCase):
    def test_reason_is_told_where_there_is_one(self):
        self.assertEqual("The host answers 403", explain(Answer(403, "<html>")))
        self.assertEqual("The host does not answer: ConnectError", explain(Answer(0, "ConnectError")))

    def test_answer_that_is_no_run_is_none(self):
        self.assertIsNone(accepted(Answer(200, [1])))


class Addresses(unittest.TestCase):
    def test_fields_of_a_connection_make_an_address(self):
        for fields, address in (
            (("plants.example", "https", 8443), "https://plants.example:8443"),
            (("plants.example", None, None), "http://plants.example"),
            (("https://plants.example/garden/", None, None), "https://plants.example/garden"),
            (("http://plants.example/garden", "https", 81), "http://plants.example:81/garden"),
        ):
            self.assertEqual(address, address_of(*fields))

    def test_connection_without_a_host_is_named(self):
        with self.assertRaisesRegex(ValueError, "names no host"):
            address_of("", None, 80)


if __name__ == "__main__":
    unittest.main()
