"""Words of every frequency: what is typed into the search is not always lucky."""

from __future__ import annotations

from accounts.models import Agency
from bench.words import company

FREQUENT, MIDDLE, MISSING = "现场", "纺织", "龘靐"


def words_asked(bureau: Agency) -> dict[str, str]:
    """By frequency: in half of all cases, in one of thirty, in a few, in none; always the same words, whatever the table's size.

    The rare one is the brand of a company that half of the pool's draws pass over.
    """
    place = bureau.jurisdiction.name
    return {"frequent": FREQUENT, "middle": MIDDLE, "rare": company(place, 397)[0][len(place) :][:2], "missing": MISSING}
