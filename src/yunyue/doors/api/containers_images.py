"""A project's images for programs: tags, bills of materials, signatures, and the rules they are kept by."""

from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yunyue.answer import Refused
from yunyue.doors.api.containers import ANSWERS, PATH, READ, WORK, Rows, answered
from yunyue.doors.web.containers.counter import Counter
from yunyue.services.containers.project.image_rules import MOST, ImageRules

router = Router(tags=["containers"])
ImageName = Annotated[str, Field(min_length=1, max_length=400)]


class Rules(Schema):
    """How many tags of a repository are kept, and the key whose signature images must carry ("": none)."""

    newest: Annotated[int, Field(ge=1, le=MOST)] = 10
    signed_by: Annotated[str, Field(max_length=128)] = ""


class SigningWanted(Schema):
    """An image of the project, such as "app:v1", and a key of the crypto service."""

    image: ImageName
    key: Annotated[str, Field(min_length=1, max_length=128)]


@router.get(f"{PATH}/images", auth=READ, response={200: Rows, **ANSWERS}, summary="Images of the project")
def images(request: HttpRequest, contract: str, project: str) -> Any:
    """For members: tags with digests, and whose signatures lie beside them."""

    def found(place: Counter) -> Any:
        kept = place.keeping.images()
        if isinstance(kept, Refused):
            return kept
        return [{"reference": one.reference, "signers": list(one.signers), **asdict(one.tag)} for one in kept]

    return answered(request, (contract, project, "diff"), found)


@router.get(
    f"{PATH}/bill", auth=READ, response={200: dict[str, Any], **ANSWERS}, summary="An image's bill of materials"
)
def bill(request: HttpRequest, contract: str, project: str, image: ImageName = "latest") -> Any:
    """For members: CycloneDX 1.6 of an image such as app:v1 or app@sha256:…"""

    def found(place: Counter) -> Any:
        made = place.keeping.bill(image)
        return made if isinstance(made, Refused) else msgspec.json.decode(made)

    return answered(request, (contract, project, "diff"), found)


@router.post(f"{PATH}/signatures", auth=WORK, response={200: dict[str, Any], **ANSWERS}, summary="Have an image signed")
def signature(request: HttpRequest, contract: str, project: str, wanted: SigningWanted) -> Any:
    """For the project's admins: its digest is signed with a key of the crypto service."""
    return answered(
        request,
        (contract, project, "sign"),
        lambda place: place.keeping.sign(wanted.image, wanted.key),
    )


@router.get(f"{PATH}/image-rules", auth=READ, response={200: Rules, **ANSWERS}, summary="What images must be")
def rules(request: HttpRequest, contract: str, project: str) -> Any:
    """For members."""
    return answered(request, (contract, project, "diff"), _rules)


@router.put(f"{PATH}/image-rules", auth=WORK, response={200: Rules, **ANSWERS}, summary="Set what images must be")
def set_rules(request: HttpRequest, contract: str, project: str, wanted: Rules) -> Any:
    """For the project's admins. What runs, or may be gone back to, is never removed."""

    def put(place: Counter) -> Any:
        return place.keeping.set_rules(ImageRules(wanted.newest, wanted.signed_by)) or _rules(place)

    return answered(request, (contract, project, "rules"), put)


def _rules(place: Counter) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(place.keeping.rules())
    return found
