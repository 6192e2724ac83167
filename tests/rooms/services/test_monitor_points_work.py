"""What a probe point makes of the work it is given: which moments are due, which became gaps, which never were."""

from pathlib import Path

from yunyue.catalog import GAP
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.points.agent import MOST_MISSED, Agent, open_agent
from yunyue.services.monitor.points.client import now_ms
from yunyue.services.monitor.points.config import Config
from yunyue.services.monitor.points.wire import Task, Work

HOUR = 3_600_000
TASK = Task("o1", "bureau", Probe(kind="tcp", target="127.0.0.1:1", interval_s=5))


def an_agent(folder: Path) -> Agent:
    (folder / "token").write_text("secret")
    queue, token = str(folder / "queue"), str(folder / "token")
    return open_agent(Config(platform="http://127.0.0.1:1", contract="c1", folder=queue, token_file=token))


def test_moments_missed_while_the_order_stood_are_due_and_become_gaps(tmp_path: Path) -> None:
    agent = an_agent(tmp_path)
    agent.adopt(Work((TASK,), 0))
    started = agent.due[0][1]
    agent.done["o1"] = started
    assert agent._next(TASK, started + 60_000)[1] == started + 5_000
    agent._begin(TASK, started + 60_000, started + 5_000)
    assert [one.error for one, _ in agent.found] == [GAP]


def test_no_more_moments_than_so_many_become_gaps(tmp_path: Path) -> None:
    agent = an_agent(tmp_path)
    agent.done["o1"] = 1_000_000
    after = agent._next(TASK, 1_000_000 + HOUR)[1]
    assert HOUR - (MOST_MISSED + 2) * 5_000 <= after - 1_000_000 <= HOUR - (MOST_MISSED - 2) * 5_000


def test_moments_while_the_order_was_suspended_were_never_due(tmp_path: Path) -> None:
    agent = an_agent(tmp_path)
    agent.adopt(Work((TASK,), 0))
    agent.done["o1"] = agent.due[0][1] - HOUR
    agent.adopt(Work((), 0))
    agent.adopt(Work((TASK,), 0))
    assert agent.due[0][0] > now_ms() - 5_000
