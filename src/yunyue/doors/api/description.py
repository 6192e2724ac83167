"""What the API says of itself: every operation may also answer that nobody is logged in, or not for this role."""

from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

REFUSED: Final = {
    "400": "The request is not understood: its body is not JSON.",
    "401": "Nobody is logged in, and no token that holds was given.",
    "403": "Not for this role, this department or this token; or the form's CSRF token is missing.",
    "429": "Too many attempts; wait as long as Retry-After says.",
}


class DescribedAPI(NinjaAPI):
    """An API whose description names the answers that every operation may give."""

    def get_openapi_schema(self, **wanted: Any) -> OpenAPISchema:
        """The description, with the answers of the doors themselves added."""
        schema = super().get_openapi_schema(**wanted)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, why in REFUSED.items():
                    operation["responses"].setdefault(status, {"description": why})
        return schema
