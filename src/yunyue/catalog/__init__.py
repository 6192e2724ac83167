"""What can be ordered, and the shape every service has. Pure."""

from yunyue.catalog.entry import Action, Entry, Indicator, Meter, NotAvailable
from yunyue.catalog.host import Folder, Host
from yunyue.catalog.notyet import NotYet
from yunyue.catalog.order import NoParameters, Order, Window, understand_parameters
from yunyue.catalog.registry import Registry
from yunyue.catalog.sample import GAP, Count, Observed, Sample, SampleSink, SealedIn
from yunyue.catalog.service import Changes, Result, Service, Works

__all__ = [
    "GAP",
    "Action",
    "Changes",
    "Count",
    "Entry",
    "Folder",
    "Host",
    "Indicator",
    "Meter",
    "NoParameters",
    "NotAvailable",
    "NotYet",
    "Observed",
    "Order",
    "Registry",
    "Result",
    "Sample",
    "SampleSink",
    "SealedIn",
    "Service",
    "Window",
    "Works",
    "understand_parameters",
]
