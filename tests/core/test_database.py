"""What a fallen transaction put elsewhere is taken back, and what collided after a commit is not done twice."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction

from core.filing import keep_file
from core.retries import tried_again
from documents.models import OfficialDocument

pytestmark = pytest.mark.django_db(transaction=True)


def stored(name):
    document = OfficialDocument()
    keep_file(document.file, name, ContentFile(b"x"))
    return document.file.name


def fall_after(work):
    with transaction.atomic():
        work()
        raise ZeroDivisionError


class Collides(OperationalError):
    sqlstate = "40P01"


def test_a_file_goes_with_its_transaction():
    names = []
    with pytest.raises(ZeroDivisionError):
        fall_after(lambda: names.append(stored("a.pdf")))
    assert not default_storage.exists(names[0])


def test_a_file_goes_with_its_savepoint_and_the_others_stay():
    with transaction.atomic():
        kept = stored("b.pdf")
        lost = []
        with pytest.raises(ZeroDivisionError):
            fall_after(lambda: lost.append(stored("c.pdf")))
    assert default_storage.exists(kept)
    assert not default_storage.exists(lost[0])
    with pytest.raises(ZeroDivisionError):
        fall_after(lambda: None)
    assert default_storage.exists(kept), "what was committed stays"


def test_a_second_try_leaves_one_file():
    names = []

    @tried_again
    def service():
        with transaction.atomic():
            names.append(stored("d.pdf"))
            if len(names) < 3:
                raise Collides

    service()
    folder = names[-1].rpartition("/")[0]
    assert len([file for file in default_storage.listdir(folder)[1] if file.startswith("d")]) == 1


def test_a_file_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError):
        stored("e.pdf")


def test_what_committed_before_it_collided_is_not_run_again():
    runs = []

    @tried_again
    def two_steps():
        with transaction.atomic(), connection.cursor() as cursor:
            runs.append(1)
            cursor.execute("SELECT 1")
        with transaction.atomic():
            raise Collides

    with pytest.raises(OperationalError):
        two_steps()
    assert len(runs) == 1
