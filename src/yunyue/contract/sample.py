"""The sample contract (示例): the terms of a contract over a term that starts on another day, to order from today."""

from datetime import date

from msgspec.structs import replace

from yunyue.contract.terms import Named, Terms


def starting_on(terms: Terms, day: date) -> Terms:
    """The same terms, as many days long, from `day` on, which is also the cover date; the titles say it is a sample.

    Amounts, working days, readings and annexes stay as they are. Raises OverflowError after the year 9999.
    """
    return replace(
        terms,
        id=f"sample-{day.isoformat()}",
        title=Named(zh=f"示例：{terms.title.zh}", en=f"Sample: {terms.title.en}"),
        cover_date=day,
        term=replace(terms.term, start=day, end=day + (terms.term.end - terms.term.start)),
    )
