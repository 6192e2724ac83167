"""From a film and a template to the commands that make it: pure, so that a plan can be read before anything runs."""

from yunyue.services.transcode.plan.make import make_plan
from yunyue.services.transcode.plan.steps import Extra, Machine, Plan, Promise, Step

__all__ = ["Extra", "Machine", "Plan", "Promise", "Step", "make_plan"]
