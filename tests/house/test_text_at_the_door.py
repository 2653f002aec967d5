"""Every field that takes text cleans it, before its length is checked: forms of pages, REST bodies, the administration, files."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from django import forms
from django.contrib import admin
from django.test import RequestFactory
from pydantic import BaseModel
from rest_framework import serializers

import accounts
import administration
import deadlines
import documents
import foundation
import notifications
import oversight
import referrals
import systems
from accounts.actors import actor_for
from accounts.kinds import Post
from accounts.models import User
from core.parsers import StrictJSON

ROOMS = (accounts, administration, deadlines, documents, foundation, notifications, oversight, referrals, systems)
DIRTY = "甲\x0b\x07\u202e\u200b\ufeff\x00乙"
OURS = tuple(room.__name__ for room in ROOMS)
# A password is kept as its hash only; what is in it is the person's own business.
NOT_TEXT = (forms.PasswordInput, forms.FileInput, forms.HiddenInput)


def modules():
    for room in ROOMS:
        for found in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
            if ".migrations" not in found.name and ".management" not in found.name:
                yield importlib.import_module(found.name)


def below(base):
    for kind in base.__subclasses__():
        yield kind
        yield from below(kind)


def ours(base):
    list(modules())
    return sorted({k for k in below(base) if k.__module__.split(".")[0] in OURS}, key=lambda k: (k.__module__, k.__qualname__))


def takes_text(field):
    plain = isinstance(field, forms.CharField | forms.JSONField) and not isinstance(field.widget, NOT_TEXT)
    return plain and not isinstance(field, forms.IntegerField | forms.SlugField | forms.UUIDField)


def cleans(field):
    given = f'["{DIRTY}"]'.replace("\x0b\x07", "").replace("\x00", "") if isinstance(field, forms.JSONField) else DIRTY
    kept = str(field.to_python(given))
    return not set(kept) & set("\x0b\x07\u202e\u200b\ufeff\x00")


def dirty_fields(fields):
    return [name for name, field in fields.items() if takes_text(field) and not cleans(field)]


# What the administration makes its own forms from is tried as the administration makes them.
@pytest.mark.parametrize(
    "form", [f for f in ours(forms.BaseForm) if not f.__module__.endswith(".admin")], ids=lambda f: f"{f.__module__}.{f.__name__}"
)
def test_every_text_field_of_a_form_cleans(form):
    assert dirty_fields(form.base_fields) == []


def test_every_text_field_of_the_administration_cleans(xuecheng):
    request = RequestFactory().get("/")
    request.user = User.objects.filter(holdings__post=Post.ADMINISTRATOR, holdings__agency__jurisdiction=xuecheng.jurisdiction).first()
    request._actor = actor_for(request.user)
    dirty = {}
    for model, page in admin.site._registry.items():
        if model.__module__.split(".")[0] not in OURS:
            continue
        for row in (None, model()):
            found = dirty_fields(page.get_form(request, row, change=row is not None).base_fields)
            if found:
                dirty[f"{model.__name__} {'change' if row else 'add'}"] = found
    assert dirty == {}


def test_every_text_of_a_json_body_loses_what_nobody_sees_whatever_takes_it():
    import io
    import json

    body = json.dumps({"a": "甲\x0b\x07\u202e乙", "b": [{"c": "\ufeff丙"}]}).encode()
    assert StrictJSON().parse(io.BytesIO(body)) == {"a": "甲\x0b乙", "b": [{"c": "丙"}]}


def test_what_a_multipart_body_names_is_a_clean_line():
    from referrals.rest.paper_shapes import UploadBegin, UploadWhole

    for shape in (UploadWhole, UploadBegin):
        for name, field in shape().fields.items():
            if type(field) is not serializers.RegexField and isinstance(field, serializers.CharField):
                assert field.run_validation("甲\x0b\u202e乙") == "甲乙", (shape, name)


@pytest.mark.parametrize(
    "line", [k for k in ours(BaseModel) if any(f.annotation is str for f in k.model_fields.values())], ids=lambda k: f"{k.__module__}.{k.__name__}"
)
def test_every_text_of_an_imported_file_cleans(line):
    name = next(n for n, f in line.model_fields.items() if f.annotation is str)
    kept = line.cleaned.__func__(line, DIRTY) if hasattr(line, "cleaned") else DIRTY
    assert not set(str(kept)) & set("\x07\u202e\u200b\ufeff\x00"), name
