"""PDFs that do something by themselves, carry something, or cannot be opened."""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, String


def _page() -> pikepdf.Pdf:
    made = pikepdf.new()
    made.add_blank_page(page_size=(200, 200))
    return made


def _bytes(made: pikepdf.Pdf, **how: object) -> bytes:
    out = io.BytesIO()
    made.save(out, **how)
    return out.getvalue()


def plain() -> bytes:
    return _bytes(_page())


def opening(kind: str, **more: object) -> bytes:
    """An action as soon as it is opened, written into the catalogue itself."""
    made = _page()
    made.Root.OpenAction = Dictionary(S=Name("/" + kind), **more)
    return _bytes(made)


def named_script() -> bytes:
    made = _page()
    action = made.make_indirect(Dictionary(S=Name.JavaScript, JS=made.make_stream(b"app.alert(1)")))
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), action])))
    return _bytes(made, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def on_a_page() -> bytes:
    made = _page()
    made.pages[0].AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))
    return _bytes(made)


def behind_a_button() -> bytes:
    made = _page()
    button = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Btn, Rect=[0, 0, 9, 9], A=Dictionary(S=Name.Launch, F=String("cmd.exe")))
    made.pages[0].Annots = Array([made.make_indirect(button)])
    return _bytes(made)


def form_of_its_own() -> bytes:
    made = _page()
    made.Root.AcroForm = Dictionary(Fields=Array(), XFA=made.make_stream(b"<xdp/>"))
    return _bytes(made)


def carrying() -> bytes:
    made = _page()
    made.attachments["a.exe"] = b"MZ"
    return _bytes(made)


def locked() -> bytes:
    return _bytes(_page(), encryption=pikepdf.Encryption(user="secret", owner="owner"))


def closed_to_editing() -> bytes:
    """Everybody opens it; only printing and copying are forbidden."""
    return _bytes(_page(), encryption=pikepdf.Encryption(user="", owner="owner"))
