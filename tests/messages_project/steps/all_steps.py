import os
import signal

from behave import given, step, then, use_step_matcher, when
from behave.api.pending_step import StepNotImplementedError
from behave.cucumber_expression import use_step_matcher_for_cucumber_expressions


@given("a {colour} box with {int} things and {string}")
def box(context, colour, number, text):
    assert (colour, number) in [("red", 3), ("blue", 7)], (colour, number)


@step("it passes")
def passes(context):
    pass


@step("a step with a story")
def with_story(context):
    pass


@step("a step whose hook fails")
def hook_fails(context):
    pass


@when("it fails")
def fails(context):
    raise AssertionError("three were expected,\nand there were <two>")


@when("it breaks")
def breaks(context):
    raise ValueError("no such thing")


@when("it is pending")
def pending(context):
    raise StepNotImplementedError("not yet")


@when("it leaves off")
def leaves_off(context):
    context.scenario.skip("enough was seen")


@then("a picture is kept")
def picture(context):
    context.attach("image/png", bytes([137, 80, 78, 71, 13, 10, 26, 10]))


@then("this table:")
def table(context):
    assert context.table.headings == ["a", "b"]


@then("this text:")
def text(context):
    assert context.text


@when("the process is killed")
def killed(context):
    os.kill(os.getpid(), signal.SIGKILL)


@when("somebody interrupts")
def interrupted(context):
    raise KeyboardInterrupt


use_step_matcher("parse")


@given("{many:d} parsed things")
def parsed(context, many):
    assert many


use_step_matcher("re")


@given(r"(?:some )?(\w+) by pattern")
def by_pattern(context, what):
    assert what


use_step_matcher_for_cucumber_expressions()
