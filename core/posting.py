"""Addresses that only act: who comes there by reading (after a new sign-in, from the history) is led to the page with the form."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse

View = Callable[..., HttpResponse]


def posts_from(page: str | Callable[..., str], *names: str) -> Callable[[View], View]:
    """A view that takes POST; GET and HEAD lead to `page`: a route's name with the arguments `names` of this one, or a function
    of the request and the arguments that gives the address."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def taking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            return HttpResponseRedirect(page(request, **kwargs) if callable(page) else reverse(page, args=[kwargs[n] for n in names]))

        return taking

    return wrap


def act_panel(page: str, verb: str, *args: Any) -> str:
    """The address of a page with the panel of one act open."""
    return f"{reverse(page, args=args)}?act={verb}#act-{verb}"
