"""Every object of a department that a department's account can ask for by name: where it is, and who shows it is apart.

A page or operation with a name in its address that department accounts reach stands in exactly one of the two lists;
test_objects.py fails on one that stands in none.
"""

from typing import Final

ASK: Final = "?contract=beijing-2024"
API: Final = "/api/v1/contracts/beijing-2024"

PAGES: Final[dict[str, tuple[str, str]]] = {
    "orders:order": ("get", f"/orders/order-1{ASK}"),
    "orders:change": ("post", f"/orders/act/change/order-1{ASK}"),
    "tickets:ticket": ("get", f"/tickets/ticket/ours{ASK}"),
    "tickets:step": ("post", f"/tickets/step/ours{ASK}"),
    "monitor:target": ("get", f"/monitor/target/order-1{ASK}"),
    "monitor:course": ("get", f"/monitor/course.svg/order-1{ASK}"),
    "monitor:picture": ("get", f"/monitor/picture/1/order-1{ASK}"),
    "monitor:latency": ("get", f"/monitoring/latency/order-1{ASK}"),
    "monitor:board": ("get", f"/monitor/boards/ours{ASK}"),
    "monitor:board-export": ("get", f"/monitor/boards/ours/export{ASK}"),
    "monitor:board-drop": ("post", f"/monitor/boards/ours/drop{ASK}"),
    "monitor:status-close": ("post", f"/monitor/status/ours-page/close{ASK}"),
}
"""By the name of the view: how it is asked for, and where a real object of the department "dept-1" is."""

OPERATIONS: Final[dict[str, tuple[str, str]]] = {
    "GET /contracts/{contract}/orders/{order}": ("get", f"{API}/orders/order-1"),
    "POST /contracts/{contract}/orders/{order}/changes": ("post", f"{API}/orders/order-1/changes"),
    "GET /contracts/{contract}/tickets/{ticket}": ("get", f"{API}/tickets/ours"),
    "POST /contracts/{contract}/tickets/{ticket}/steps": ("post", f"{API}/tickets/ours/steps"),
    "GET /contracts/{contract}/monitor/results/{order}": ("get", f"{API}/monitor/results/order-1"),
    "DELETE /contracts/{contract}/monitor/boards/{name}": ("delete", f"{API}/monitor/boards/ours"),
    "DELETE /contracts/{contract}/monitor/status/{slug}": ("delete", f"{API}/monitor/status/ours-page"),
}
"""By method and path under /api/v1."""

BODIES: Final[dict[str, dict[str, str]]] = {
    "POST /contracts/{contract}/orders/{order}/changes": {"reason": "more", "quantity": "2"},
    "POST /contracts/{contract}/tickets/{ticket}/steps": {"kind": "ticket.commented", "text": "hello"},
}
"""What is sent where a form that is empty is turned back before anybody looks for the object."""

_CONTAINER_PAGES: Final = "doors_containers/test_containers_pages.py::test_another_departments_project_is_not_found"
_PEOPLE_PAGES: Final = "doors_web_containers/test_containers_people.py::test_anothers_pages_are_not_found"
_CONTAINER_READS: Final = "doors_containers/test_containers_api.py::test_anothers_project_is_as_if_it_were_not_there"
_CONTAINER_WORK: Final = "doors_containers/test_containers_api.py::test_nobody_works_in_anothers_project"
_FILM_PAGES: Final = "doors_web_transcode/test_film_pages.py"
_REPORTS: Final = "doors_web_crypto/test_selfcheck_pages.py::test_a_department_sees_its_own_reports_and_keys_only"
_OWN_KEYS: Final = "doors_access/test_factors.py::test_nobody_sees_to_the_keys_of_another"
_MEMBERS: Final = "doors_containers/test_containers_image_doors.py::test_anothers_members_and_tokens_are_not_found"
_IMAGES: Final = "doors_containers/test_containers_image_doors.py::test_it_is_for_members"
_NAMES: Final = "doors_web/test_watch_names.py::test_a_tenant_user_asks_for_their_own_department_whatever_is_said"
_PROJECT: Final = "/contracts/{contract}/containers/{project}"

ELSEWHERE: Final[dict[str, str]] = {
    "accounts:end-session": "doors_web/test_account_keeping.py::test_nobody_ends_the_session_of_another",
    "accounts:revoke-token": "doors_web/test_objects.py::test_nobody_revokes_the_token_of_another",
    "mfa_remove_webauthn": _OWN_KEYS,
    "mfa_edit_webauthn": _OWN_KEYS,
    "tables:forget": "doors_web/test_saved_views.py::test_nobody_sees_or_deletes_the_views_of_another",
    **{
        f"containers:{one}": _CONTAINER_PAGES
        for one in ("project", "use", "images", "edit", "delete", "replica", "run", "workload", "scale", "undo")
    },
    "crypto:report": _REPORTS,
    "crypto:report-file": _REPORTS,
    "transcode:job": f"{_FILM_PAGES}::test_a_department_sees_its_own_and_others_see_all",
    "transcode:cancel": f"{_FILM_PAGES}::test_a_job_is_cancelled_by_its_department_or_an_engineer",
    "transcode:quality": f"{_FILM_PAGES}::test_a_department_plays_and_fetches_what_others_only_count",
    "transcode:retire": f"{_FILM_PAGES}::test_another_departments_template_is_not_there",
    "transcode:template": f"{_FILM_PAGES}::test_another_departments_template_is_not_there",
    **{
        f"GET {_PROJECT}/{one}": _CONTAINER_READS
        for one in ("objects", "replicas", "events", "top", "images", "rollouts/{kind}/{name}", "logs/{replica}")
    },
    **{f"POST {_PROJECT}/{one}": _CONTAINER_WORK for one in ("apply", "diff", "replicas/{replica}/exec")},
    **{f"POST {_PROJECT}/objects/{{kind}}/{{name}}/{one}": _CONTAINER_WORK for one in ("scale", "undo", "restart")},
    f"DELETE {_PROJECT}/objects/{{kind}}/{{name}}": _CONTAINER_WORK,
    f"GET {_PROJECT}/bill": _IMAGES,
    f"GET {_PROJECT}/image-rules": _IMAGES,
    f"PUT {_PROJECT}/image-rules": _IMAGES,
    f"POST {_PROJECT}/signatures": _IMAGES,
    f"GET {_PROJECT}/members": _MEMBERS,
    f"PUT {_PROJECT}/members/{{person}}": _MEMBERS,
    f"GET {_PROJECT}/push-tokens": _MEMBERS,
    f"POST {_PROJECT}/push-tokens": _MEMBERS,
    f"DELETE {_PROJECT}/push-tokens/{{name}}": _MEMBERS,
    **{
        f"containers:{one}": _PEOPLE_PAGES
        for one in ("image", "sign", "members", "role", "tokens", "make-token", "revoke-token")
    },
    "containers:bill": _IMAGES,
    "containers:rules": _IMAGES,
    "GET /contracts/{contract}/crypto/selfchecks/{number}": _REPORTS,
    "GET /contracts/{contract}/monitor/names/{name}": _NAMES,
    "POST /contracts/{contract}/monitor/names/{name}/proof": _NAMES,
    "PUT /contracts/{contract}/monitor/boards/{name}": "doors_web/test_objects.py::test_nobody_writes_over_a_board",
    "PUT /contracts/{contract}/monitor/status/{slug}": "doors_web/test_objects.py::test_nobody_writes_over_a_page",
    "DELETE /sessions/{number}": "doors_api/test_api_people.py::test_one_sees_and_ends_ones_own_sessions_only",
    "DELETE /tokens/{number}": "doors_web/test_objects.py::test_nobody_revokes_the_token_of_another",
}
"""Objects that another room's test makes, or that belong to one person: the test that shows they are apart."""

NO_OBJECTS: Final = frozenset({"openid_connect_login", "openid_connect_callback", "monitor:status"})
"""A provider of identities, and a page that its department made public: nobody's secret."""
