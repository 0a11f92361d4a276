"""StopExecution."""

PASS = {"Type": "Pass"}


def test_a_stopped_execution_is_aborted_when_the_answer_comes(api, world, task):
    arn = api.start(api.machine(task("held")))
    world.wait_for_held()
    answer = api("StopExecution", executionArn=arn, error="Enough", cause="by hand")
    found = api("DescribeExecution", executionArn=arn)
    assert found["status"] == "ABORTED"
    assert found["stopDate"] == answer["stopDate"]
    assert (found["error"], found["cause"]) == ("Enough", "by hand")
    last = api.events(arn)[-1]
    assert last["type"] == "ExecutionAborted"
    assert last["executionAbortedEventDetails"] == {"error": "Enough", "cause": "by hand"}


def test_an_execution_that_ended_stays_as_it_ended(api):
    found = api.run(api.machine(PASS))
    answer = api("StopExecution", executionArn=found["executionArn"])
    assert answer == {"stopDate": found["stopDate"]}
    assert api("DescribeExecution", executionArn=found["executionArn"]) == found


def test_stopping_one_leaves_the_others_running(api, world, task):
    machine = api.machine(task("held"))
    first, second = api.start(machine), api.start(machine)
    world.wait_for_held(2)
    api("StopExecution", executionArn=first)
    assert api("DescribeExecution", executionArn=second)["status"] == "RUNNING"
    world.release()
    assert api.end(second)["status"] == "SUCCEEDED"


def test_an_execution_can_be_stopped_while_it_waits_and_right_after_its_start(api):
    machine = api.machine({"Type": "Wait", "Seconds": 3600})
    for _ in range(20):
        arn = api.start(machine)
        api("StopExecution", executionArn=arn)
        assert api("DescribeExecution", executionArn=arn)["status"] == "ABORTED"
