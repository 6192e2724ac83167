"""schemathesis walks every operation of the API as its own description tells: no server error, no answer untold."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import schemathesis
from console_cast import LogIn
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from walk import OPERATIONS

from yunyue.doors.office import Office, open_office
from yunyue.doors.web.accounts.roles import Role

EXAMPLES = 12
CSRF = "c" * 32
CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance, content_type_conformance]
EASY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def logged_in(session: str) -> Callable[..., Iterable[bytes]]:
    """The console as somebody who has a session sees it, whatever cookies are sent along."""
    console = get_wsgi_application()

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        cookies = f"sessionid={session}; csrftoken={CSRF}"
        return console({**environ, "HTTP_COOKIE": cookies, "HTTP_X_CSRFTOKEN": CSRF, "HTTP_HOST": "testserver"}, start)

    return application


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", [Role.CLIENT_MANAGER, Role.SERVICE_MANAGER, Role.SYSTEM_ADMINISTRATOR])
def test_every_operation_answers_as_described(own_office: Office, log_in: LogIn, role: Role) -> None:
    open_office(own_office)
    application = logged_in(log_in(role).cookies["sessionid"].value)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    walked = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @EASY
        @given(case=operation.as_strategy())
        def asked(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(checks=CHECKS)

        asked()
        walked += 1
    assert walked == len(OPERATIONS)
