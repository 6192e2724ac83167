"""The catalogue as service offerings and plans. Their ids are made of codes, so that they never change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from yunyue.catalog import Entry, Registry
from yunyue.contract.terms import Item, Terms

SPACE: Final = UUID("5f0c6f0e-6d0c-5d5b-9f57-6a1f0e5f2b11")
"""The name space of ids that are made of codes (RFC 9562, version 5)."""

MORE: Final[Mapping[str, Any]] = {
    "quantity": {"type": "string", "description": "How much of the item, as a decimal; 1 where it is left out"},
    "deliver_by": {"type": "string", "format": "date", "description": "Day of delivery; the term's end if left out"},
}
"""Parameters of every plan beside the service's own."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An item of the catalogue with the service it belongs to."""

    contract: str
    entry: Entry
    item: Item

    @property
    def service_id(self) -> str:
        """The offering's id: of this service under this contract."""
        return str(uuid5(SPACE, f"{self.contract}/{self.entry.code}"))

    @property
    def id(self) -> str:
        """The plan's id."""
        return str(uuid5(SPACE, f"{self.contract}/{self.entry.code}/{self.item.code}"))


def plans(terms: Terms, registry: Registry) -> tuple[Plan, ...]:
    """Every plan that can be ordered today."""
    return tuple(
        Plan(terms.id, entry, item)
        for entry in registry.entries
        if entry.available
        for item in terms.catalogue.items
        if item.service == entry.code
    )


def find(known: tuple[Plan, ...], service_id: object, plan_id: object) -> Plan | None:
    """The plan of these two ids, if they belong together."""
    return next((one for one in known if (one.service_id, one.id) == (service_id, plan_id)), None)


def catalog(known: tuple[Plan, ...]) -> dict[str, Any]:
    """The body of GET /v2/catalog."""
    services: dict[str, dict[str, Any]] = {}
    for plan in known:
        offering = services.setdefault(plan.service_id, _offering(plan))
        offering["plans"].append(_plan(plan))
    return {"services": list(services.values())}


def _offering(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.service_id,
        "name": f"yunyue-{plan.entry.code}",
        "description": plan.entry.title.en,
        "bindable": True,
        "instances_retrievable": True,
        "bindings_retrievable": True,
        "plan_updateable": False,
        "metadata": {"displayName": plan.entry.title.zh, "clause": plan.entry.clause},
        "plans": [],
    }


def _plan(plan: Plan) -> dict[str, Any]:
    schema = {"parameters": parameters(plan.entry)}
    return {
        "id": plan.id,
        "name": plan.item.code,
        "description": plan.item.title.en,
        "free": False,
        "metadata": {
            "displayName": plan.item.title.zh,
            "costs": [{"amount": {"cny": float(str(plan.item.unit_price))}, "unit": plan.item.unit.en.upper()}],
        },
        "schemas": {"service_instance": {"create": schema, "update": schema}},
    }


def parameters(entry: Entry) -> dict[str, Any]:
    """The JSON Schema of an order's parameters, in one object without references outside of it."""
    schema = entry.schema()
    definitions = dict(schema.get("$defs", {}))
    named = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    own = definitions.pop(named, schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **{key: value for key, value in own.items() if key != "$ref"},
        "properties": {**MORE, **own.get("properties", {})},
        **({"$defs": definitions} if definitions else {}),
    }
