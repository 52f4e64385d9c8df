"""Hooks of every kind; what a scenario's tags ask for fails."""

from behave.cucumber_expression import ParameterType, define_parameter_type, use_step_matcher_for_cucumber_expressions

use_step_matcher_for_cucumber_expressions()
define_parameter_type(ParameterType("colour", r"red|blue", str))


def _fail(what):
    raise RuntimeError(f"{what} is broken")


def before_all(context):
    context.attach("text/plain", "the run begins")


def before_feature(context, feature):
    if "no_clean_feature" in feature.tags:
        context.add_cleanup(_fail, "the feature's clean-up")


def before_rule(context, rule):
    if "no_rule" in rule.tags:
        _fail("before_rule")


def before_tag(context, tag):
    if tag == "no_tag":
        _fail("before_tag")


def before_scenario(context, scenario):
    if "skipped_by_a_hook" in scenario.tags:
        scenario.skip("there is no need")
    if "no_before" in scenario.tags:
        _fail("before_scenario")
    if "no_clean_up" in scenario.tags:
        context.add_cleanup(_fail, "the clean-up")


def before_step(context, step):
    if step.name == "a step whose hook fails":
        _fail("before_step")


def after_step(context, step):
    if step.name == "a step with a story":
        context.attach('text/plain; name="a story"', "it went <well> & åäö")


def after_scenario(context, scenario):
    if "no_after" in scenario.tags:
        _fail("after_scenario")


def after_tag(context, tag):
    pass


def after_rule(context, rule):
    pass


def after_feature(context, feature):
    pass


def after_all(context):
    pass
