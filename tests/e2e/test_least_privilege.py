"""Each permission of each role is needed: taken away, the pipeline does not come to a good end."""

import contextlib

import pytest

from local.deploy import deploy
from local.deploy.session import endpoint
from tests.builders.contracted import assembly_with
from tests.e2e.own_pipeline import RULED, OwnPipeline
from tests.e2e.statements import NOT_SHOWN_HERE, excused, sentence, used

LETTER_OF_SCHEDULE = "sqs:SendMessage"
LOGGING = {"logs:CreateLogStream", "logs:PutLogEvents"}
"""A function runs without these, unheard: shown by a test of their own."""
SOON, A_WHILE = 60, 3


@pytest.fixture(scope="module")
def own(assembly, world, eventually_, tmp_path_factory):
    """A deployment whose roles are taken apart; other tests never see it."""
    ruled = assembly_with(assembly, tmp_path_factory.mktemp("ruled"), RULED)
    with endpoint() as url:
        yield OwnPipeline(type(world)(url, deploy(ruled, url)), eventually_)


def of_schedule(role):
    return "Scheduler" in role or "-WatchRole" in role


def test_nothing_that_the_pipeline_asks_for_is_refused(own):
    assert own.refused(own.files) == (True, set())
    assert own.refused(own.night) == (True, set())
    assert own.refused(own.watch) == (True, set())


def test_without_any_one_permission_a_run_fails(own):
    assert own.files()
    runs = own.runs()
    needed, unneeded = [], []
    for role, statement in own.roles.removable():
        if statement["Action"] in LOGGING | {LETTER_OF_SCHEDULE if of_schedule(role) else ""}:
            continue
        run = next((run for run, asked in runs if used(role, statement, asked)), own.files)
        with own.roles.without(role, statement):
            fails = own.refused(run) == (False, {statement["Action"]})
        (needed if fails else unneeded).append(sentence(role, statement))
    assert unneeded == []
    assert own.files()
    assert own.night()
    assert needed


def test_without_a_permission_to_log_a_function_is_not_heard(own):
    given = [each for each in own.roles.removable() if each[1]["Action"] in LOGGING]
    assert len(own.heard()) == len(given) / len(LOGGING)
    for action in LOGGING:
        with contextlib.ExitStack() as taken:
            for role, statement in given:
                if statement["Action"] == action:
                    taken.enter_context(own.roles.without(role, statement))
            assert own.heard() == set()


def test_a_schedule_that_may_not_leave_a_dead_letter_loses_the_night(own):
    given = [each for each in own.roles.removable() if "Scheduler" in each[0]]
    by_action = {statement["Action"]: (role, statement) for role, statement in given}
    role, start = by_action["states:StartExecution"]
    _, send = by_action[LETTER_OF_SCHEDULE]
    with own.roles.without(role, start, send):
        lost = own.lost_night()
    assert lost == ["states:StartExecution", LETTER_OF_SCHEDULE]


def test_a_queue_without_its_policy_is_told_of_no_failure(own):
    sqs, queue = own.world.client("sqs"), {"QueueUrl": own.world.outputs["DeadLetterQueueUrl"]}
    given = sqs.get_queue_attributes(**queue, AttributeNames=["Policy"])["Attributes"]["Policy"]
    assert own.letters_of_a_failure(SOON) == 1
    sqs.set_queue_attributes(**queue, Attributes={"Policy": ""})
    try:
        assert own.letters_of_a_failure(A_WHILE) == 0
    finally:
        sqs.set_queue_attributes(**queue, Attributes={"Policy": given})


def test_every_reason_is_for_a_permission_that_a_role_has(own):
    used = {
        each
        for role, statements in own.roles.statements().items()
        for statement in statements
        for each in excused(role, statement)
    }
    assert used == set(NOT_SHOWN_HERE)
