"""The files of a draft and of a supplement: taken, described, taken off."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from accounts.actors import acting
from core.errors import BadInput, StorageFull
from core.posting import posts_from
from referrals import services
from referrals.paper_form import PaperForm
from referrals.views.drafting import draft_or_404


@login_required
@posts_from("edit-referral", "pk")
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Several files into one slot; each refused or kept by itself."""
    by = acting(request)
    draft_or_404(request, pk)
    form, refused, status = PaperForm(request.POST), [], 400
    if not form.is_valid():
        refused = [f"{form.fields[name].label}：{' '.join(map(str, said))}" for name, said in form.errors.items()]
    for file in [] if refused else request.FILES.getlist("file"):
        try:
            services.attach_material(
                pk, by=by, slot=request.POST.get("slot", ""), name=file.name or "", size=file.size or 0, stream=file, paper=form.paper()
            )
        except (BadInput, StorageFull) as refusal:
            refused.append(str(refusal))
            status = refusal.status
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse({"refused": refused}, status=status if refused else 200)
    for sentence in refused:
        messages.error(request, sentence)
    return redirect(request.POST.get("next") if request.POST.get("next") == "referral" else "edit-referral", pk)


@login_required
@posts_from("edit-referral", "pk")
def remove(request: HttpRequest, pk: int, material_id: int) -> HttpResponse:
    services.remove_material(pk, material_id, by=acting(request))
    return redirect("edit-referral", pk)


@login_required
@posts_from("edit-referral", "pk")
def describe(request: HttpRequest, pk: int, material_id: int) -> HttpResponse:
    """What the list says of one paper."""
    form = PaperForm(request.POST, prefix=f"paper-{material_id}")
    if form.is_valid():
        services.describe_material(pk, material_id, by=acting(request), paper=form.paper())
    else:
        for name, said in form.errors.items():
            messages.error(request, f"{form.fields[name].label}：{' '.join(map(str, said))}")
    return redirect("edit-referral", pk)
