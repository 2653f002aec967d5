"""Materials and letters as files: in one request, in resumable parts, out by range."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor, acting
from core import audit
from core.acts import action_of
from core.answers import once
from core.api_shapes import body_of, cleaned
from core.decisions import Allow, Deny
from core.errors import BadInput, NotVisible
from core.etags import demand_tag
from core.ranged import download, intact
from core.rest import Rest
from core.retries import tried_again
from documents.models import OfficialDocument
from foundation.cases.models import Material
from foundation.cases.stated import PAPER
from foundation.formats.previews import preview_of
from foundation.formats.scanning import demand_sendable
from referrals import services
from referrals.models import Referral, Upload
from referrals.paper_form import Paper, PaperForm
from referrals.policies.drafting import may_describe_material, may_remove_this_material
from referrals.rest.paper_shapes import MaterialList, MaterialShape, MaterialWhole, PaperChange, UploadBegin, UploadList, UploadShape, UploadWhole
from referrals.rest.referrals import found
from referrals.rest.shapes import DocumentShape
from referrals.selectors import materials_of
from referrals.services.materials import remove_material
from referrals.services.reading import record_reading
from referrals.services.uploads import begin_upload, cancel_upload, complete_upload, put_part, uploads_visible_to

RANGE = OpenApiParameter("Range", {"type": "string"}, OpenApiParameter.HEADER, description="bytes=0-1023")
FILE = {(200, "application/octet-stream"): OpenApiTypes.BINARY, (206, "application/octet-stream"): OpenApiTypes.BINARY}


def _material(by: Actor, pk: int, material_id: int) -> tuple[Referral, Material]:
    referral = found(by, pk)
    material = next((m for m in materials_of(referral, by) if m.pk == material_id), None)
    if material is None:
        raise NotVisible(_("没有这份材料。"))
    return referral, material


def _tag(sha256: str) -> str:
    return f'"{sha256}"'


def _paper_tag(material: Material) -> str:
    """The file, and what is said of its paper."""
    said = [str(getattr(material, name) or "") for name in PAPER]
    return _tag(".".join([material.sha256, *said]) if any(said) else material.sha256)


def _paper(data: Any) -> Paper:
    """What the request says of the paper. Raises BadInput beside the field."""
    form = PaperForm({name: data.get(name) for name in PaperForm.base_fields})
    cleaned(form)
    return form.paper()


class Materials(Rest):
    """The materials of a referral; attach one in one request."""

    scopes = {"GET": "read", "POST": "file"}
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="materials_list", responses=MaterialList, tags=["materials"])
    def get(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        return Response(MaterialList({"results": materials_of(found(by, pk), by)}).data)

    @extend_schema(operation_id="materials_attach", request={"multipart/form-data": UploadWhole}, responses={201: MaterialShape}, tags=["materials"])
    @once
    def post(self, request: Request, pk: int) -> Response:
        file = request.FILES.get("file")
        unknown = sorted(set(request.data) - {"slot", "file", *PaperForm.base_fields})
        if unknown:
            raise BadInput(_("有不认识的字段。"), fields={name: _("不认识的字段") for name in unknown})
        if file is None:
            raise BadInput(_("没有文件。"), fields={"file": _("没有文件。")})
        by, slot, paper = acting(request._request), str(request.data.get("slot", "")), _paper(request.data)
        material = services.attach_material(pk, by=by, slot=slot, name=file.name, size=file.size, stream=file, paper=paper)
        headers = {"ETag": _paper_tag(material), "Location": f"/api/v1/referrals/{pk}/materials/{material.pk}/"}
        return Response(MaterialShape(material).data, status=201, headers=headers)


class MaterialOne(Rest):
    """One material; say what its paper is; take it off a draft."""

    scopes = {"GET": "read", "PATCH": "file", "DELETE": "file"}
    if_match = ("PATCH", "DELETE")

    @extend_schema(operation_id="materials_read", responses=MaterialWhole, tags=["materials"])
    def get(self, request: Request, pk: int, material_id: int) -> Response:
        by = acting(request._request)
        return self._whole(*_material(by, pk, material_id), by)

    def _whole(self, referral: Referral, material: Material, by: Actor) -> Response:
        material.allowed_actions = [
            action_of("describe", _("登记份数、页数"), may_describe_material(referral, material, by)),
            action_of("remove", _("删除材料"), may_remove_this_material(referral, material, by)),
        ]
        return Response(MaterialWhole(material).data, headers={"ETag": _paper_tag(material)})

    @extend_schema(operation_id="materials_describe", request=PaperChange, responses=MaterialWhole, tags=["materials"])
    def patch(self, request: Request, pk: int, material_id: int) -> Response:
        by, plain = acting(request._request), body_of(request.data, PaperForm)
        _referral, material = _material(by, pk, material_id)
        demand_tag(request, _paper_tag(material))
        kept = {name: getattr(material, name) for name in PAPER}
        described = services.describe_material(pk, material_id, by=by, paper=_paper(kept | plain))
        return self._whole(*_material(by, pk, described.pk), by)

    @extend_schema(operation_id="materials_remove", responses={204: None}, tags=["materials"])
    def delete(self, request: Request, pk: int, material_id: int) -> Response:
        by = acting(request._request)
        _referral, material = _material(by, pk, material_id)
        demand_tag(request, _paper_tag(material))
        remove_material(pk, material_id, by=by)
        return Response(status=204)


class MaterialFile(Rest):
    """The file itself, whole or by range."""

    also_answers = (416,)

    @extend_schema(operation_id="materials_download", responses=FILE, parameters=[RANGE], tags=["materials"])
    @tried_again
    def get(self, request: Request, pk: int, material_id: int) -> Any:
        by = acting(request._request)
        referral, material = _material(by, pk, material_id)
        demand_sendable(material.name, material.look, own=by.of(material.uploaded_for_id))
        with transaction.atomic():
            audit.record("referral", referral.pk, "material.read", by=by, material=material.pk)
        return download(request, intact(material.file, material.sha256), name=material.name, etag=_tag(material.sha256))


class MaterialPreview(Rest):
    """A small picture of the material, where one could be drawn: 404 elsewhere."""

    @extend_schema(operation_id="materials_preview", responses={(200, "image/jpeg"): OpenApiTypes.BINARY}, tags=["materials"])
    def get(self, request: Request, pk: int, material_id: int) -> Any:
        by = acting(request._request)
        referral, material = _material(by, pk, material_id)
        preview = preview_of(material)
        record_reading(referral, by=by, what="material")
        return preview


def _document(by: Actor, pk: int, document_id: int) -> tuple[Referral, OfficialDocument]:
    referral = found(by, pk)
    document = OfficialDocument.objects.filter(pk=document_id, subject_kind="referral", subject_id=referral.pk).first()
    if document is None:
        raise NotVisible(_("没有这份公文。"))
    return referral, document


class DocumentOne(Rest):
    """One letter: its number, its digest, whether its file is there yet."""

    @extend_schema(operation_id="documents_read", responses=DocumentShape, tags=["documents"])
    def get(self, request: Request, pk: int, document_id: int) -> Response:
        _referral, document = _document(acting(request._request), pk, document_id)
        return Response(DocumentShape(document).data, headers={"ETag": _tag(document.sha256 or document.code)})


class DocumentFile(Rest):
    """The letter as PDF, whole or by range. Not there until `rendered_at` is: 404 until then."""

    also_answers = (416,)

    @extend_schema(
        operation_id="documents_download", parameters=[RANGE], tags=["documents"],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, (206, "application/pdf"): OpenApiTypes.BINARY},
    )  # fmt: skip
    def get(self, request: Request, pk: int, document_id: int) -> Any:
        by = acting(request._request)
        referral, document = _document(by, pk, document_id)
        if not document.rendered_at:
            raise NotVisible(_("公文正在生成，请稍后再取。"))
        record_reading(referral, by=by, what="letter")
        return download(
            request, intact(document.file, document.sha256), name=f"{document.number}.pdf", etag=_tag(document.sha256), content_type="application/pdf"
        )


class RawPart(BaseParser):
    """The bytes of one part, read whole or not at all."""

    media_type = "application/octet-stream"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: dict[str, Any] | None = None) -> bytes:
        return bytes(stream.read(settings.UPLOAD_PART_BYTES + 1))


def _upload_tag(upload: Upload) -> str:
    return f'"{upload.received}"'


def _upload(upload: Upload, status: int = 200) -> Response:
    left = upload.size - upload.received
    whole = Deny(_("文件没有传完：已收到 %(n)d / %(size)d 字节。") % {"n": upload.received, "size": upload.size}) if left else Allow()
    part = Allow() if left else Deny(_("各段都已收到，请完成上传。"))
    upload.allowed_actions = [
        action_of("put_part", _("上传一段"), part), action_of("complete", _("完成上传"), whole), action_of("cancel", _("放弃上传"), Allow()),
    ]  # fmt: skip
    headers = {"ETag": _upload_tag(upload), "Location": f"/api/v1/uploads/{upload.pk}/"}
    return Response(UploadShape(upload).data, status=status, headers=headers)


class Uploads(Rest):
    """Begin an upload in parts (at most 8 MB each); one's own that are not complete yet."""

    scopes = {"GET": "file", "POST": "file"}

    @extend_schema(operation_id="uploads_list", responses=UploadList, tags=["materials"])
    def get(self, request: Request, pk: int) -> Response:
        by = acting(request._request)
        rows = uploads_visible_to(by).filter(referral=found(by, pk)).order_by("expires_at")
        return Response(UploadList({"results": rows}).data)

    @extend_schema(operation_id="uploads_begin", request=UploadBegin, responses={201: UploadShape}, tags=["materials"])
    @once
    def post(self, request: Request, pk: int) -> Response:
        if isinstance(request.data, dict) and set(request.data) - {"slot", "name", "size", "sha256", *PaperForm.base_fields}:
            raise BadInput(_("有不认识的字段。"))
        shape = UploadBegin(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        paper = _paper({name: given.pop(name, None) for name in PaperForm.base_fields})
        return _upload(begin_upload(pk, by=acting(request._request), **given, paper=paper), 201)


class UploadOne(Rest):
    """How far an upload is; give it up."""

    scopes = {"GET": "file", "DELETE": "file"}
    if_match = ("DELETE",)

    def _found(self, request: Request, upload_id: Any) -> Upload:
        upload: Upload | None = uploads_visible_to(acting(request._request)).filter(pk=upload_id).first()
        if upload is None:
            raise NotVisible(_("没有这个上传，或者已过期。"))
        return upload

    @extend_schema(operation_id="uploads_read", responses=UploadShape, tags=["materials"])
    def get(self, request: Request, upload_id: Any) -> Response:
        return _upload(self._found(request, upload_id))

    @extend_schema(operation_id="uploads_cancel", responses={204: None}, tags=["materials"])
    def delete(self, request: Request, upload_id: Any) -> Response:
        demand_tag(request, _upload_tag(self._found(request, upload_id)))
        cancel_upload(upload_id, by=acting(request._request))
        return Response(status=204)


class UploadPart(Rest):
    """Put the bytes from `offset` on; the same part again changes nothing, so a broken one is simply sent again."""

    scopes = {"PUT": "file"}
    parser_classes = (RawPart,)

    @extend_schema(
        operation_id="uploads_put_part", request={"application/octet-stream": OpenApiTypes.BINARY}, responses=UploadShape, tags=["materials"]
    )
    def put(self, request: Request, upload_id: Any, offset: int) -> Response:
        part = request.data if isinstance(request.data, bytes) else b""
        if not part:
            raise BadInput(_("这一段没有内容。"))
        return _upload(put_part(upload_id, by=acting(request._request), offset=offset, part=part))


class UploadComplete(Rest):
    """All parts are there: check the whole and attach it. If-Match names the upload's ETag."""

    scopes = {"POST": "file"}
    if_match = ("POST",)

    @extend_schema(operation_id="uploads_complete", request=None, responses={201: MaterialShape}, tags=["materials"])
    @once
    def post(self, request: Request, upload_id: Any) -> Response:
        by = acting(request._request)
        upload = uploads_visible_to(by).filter(pk=upload_id).first()
        if upload is None:
            raise NotVisible(_("没有这个上传，或者已过期。"))
        demand_tag(request, _upload_tag(upload))
        material = complete_upload(upload_id, by=by)
        headers = {"ETag": _paper_tag(material), "Location": f"/api/v1/referrals/{upload.referral_id}/materials/{material.pk}/"}
        return Response(MaterialShape(material).data, status=201, headers=headers)
