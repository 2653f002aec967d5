"""A small real file of every format that is taken, by the ending of its name, and files that are none of them."""

from __future__ import annotations

import io
import wave
from functools import cache

import pillow_heif
from PIL import Image

from tests.formats.boxes import locked, office, ole, rar, seven, zipped

FRAME_MP3 = bytes.fromhex("fffb9064") + b"\x00" * 413
FRAME_AAC = bytes.fromhex("fff150800c9ffc") + b"\x00" * 93
ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + b"\x00" * 80
EBML = bytes.fromhex("1a45dfa3") + b"\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x88matroska"


def iso(brand: bytes, *others: bytes) -> bytes:
    """The first box of a recording (ISO 14496-12) with its brands, and some data."""
    brands = brand + b"\x00\x00\x02\x00" + b"".join(others or (brand,))
    return (len(brands) + 8).to_bytes(4, "big") + b"ftyp" + brands + b"\x00\x00\x00\x48mdat" + bytes(range(64))


def picture(kind: str, **how: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 30, 30)).save(made, kind, **how)
    return made.getvalue()


def heic() -> bytes:
    made = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 64), (30, 30, 200))).save(made)
    return made.getvalue()


def sound() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(b"\x00\x01" * 800)
    return made.getvalue()


def pdf() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (60, 40), (30, 200, 30)).save(made, "PDF")
    return made.getvalue()


def packets(before: bytes = b"") -> bytes:
    return (before + b"\x47\x40\x00\x10\x00" + b"\xff" * 183) * 20


MAIL = "Return-Path: <a@example.test>\r\nFrom: a@example.test\r\nSubject: =?UTF-8?B?5rWL6K+V?=\r\nMIME-Version: 1.0\r\n\r\n测试\r\n".encode()
LONG_CHINESE = "现场检查笔录：当事人在道路上堆放建筑材料约二十平方米。\r\n" * 400


@cache
def taken() -> dict[str, tuple[str, bytes]]:
    """What it is → (the ending under which it comes, its bytes). Each is accepted."""
    docx = office("word/document.xml", "wordprocessingml.document.main+xml")
    xlsx = office("xl/workbook.xml", "spreadsheetml.sheet.main+xml")
    pptx = office("ppt/presentation.xml", "presentationml.presentation.main+xml")
    doc, xls, ppt = ole("WordDocument", "1Table", content=b"\xec\xa5\xc1\x00"), ole("Workbook"), ole("PowerPoint Document", "Current User")
    return {
        "pdf": (".pdf", pdf()),
        "pdf after a scanner's header": (".pdf", b"\x00" * 4 + b"junk " * 20 + pdf()),
        "ofd": (".ofd", zipped({"OFD.xml": "<ofd:OFD/>", "Doc_0/Document.xml": "<d/>"})),
        "doc": (".doc", doc), "wps": (".wps", doc), "xls": (".xls", xls), "et": (".et", xls), "ppt": (".ppt", ppt), "dps": (".dps", ppt),
        "xls of 1995": (".xls", ole("Book")),
        "doc with a damaged directory": (".doc", bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 504 + b"\xec\xa5\xc1" + b"\x00" * 1001),
        "docx": (".docx", docx), "xlsx": (".xlsx", xlsx), "pptx": (".pptx", pptx),
        "docx with other parts first": (".docx", office("word/document.xml", "wordprocessingml.document.main+xml", first={"customXml/item1.xml": "<i/>"})),
        "new wps": (".wps", docx), "new et": (".et", xlsx), "new dps": (".dps", pptx),
        "locked docx": (".docx", locked(docx)), "locked xlsx": (".xlsx", locked(xlsx)),
        "rtf": (".rtf", b"{\\rtf1\\ansi\\deff0 hello}"), "rtf called doc": (".doc", b"{\\rtf1\\ansi\\deff0 hello}"),
        "eml": (".eml", MAIL), "msg": (".msg", ole("__properties_version1.0", "__nameid_version1.0")),
        "zip": (".zip", zipped({"证据/照片.jpg": b"x", "证据/笔录.txt": "y"})), "empty zip": (".zip", zipped({})),
        "rar": (".rar", rar()), "7z": (".7z", seven()), "locked 7z": (".7z", seven("p")), "locked rar": (".rar", rar(password=True)),
        "txt": (".txt", "现场笔录\r\n当事人：某某".encode()), "txt in GBK": (".txt", "现场笔录".encode("gbk")),
        "long txt in GBK": (".txt", LONG_CHINESE.encode("gbk")), "txt in UTF-16": (".txt", "现场笔录".encode("utf-16")),
        "long txt, cut within a sign": (".txt", b"a" + LONG_CHINESE.encode() * 4), "txt with a form feed": (".txt", "一\f二".encode()),
        "txt that begins like XML": (".txt", "<?xml 这是笔录".encode()), "txt with a mark": (".txt", "﻿笔录".encode()),
        "csv": (".csv", "序号,名称\r\n1,测试\r\n".encode("gbk")),
        "jpg": (".jpg", picture("JPEG")), "jpeg": (".jpeg", picture("JPEG")), "png": (".png", picture("PNG")), "bmp": (".bmp", picture("BMP")),
        "tif": (".tif", picture("TIFF")), "tiff": (".tiff", picture("TIFF")), "heic": (".heic", heic()), "webp": (".webp", picture("WEBP")),
        "gif": (".gif", picture("GIF")),
        "mp4": (".mp4", iso(b"isom", b"isom", b"avc1", b"mp41")), "mp4 of a body camera": (".mp4", iso(b"avc1")), "mp4 of iso6": (".mp4", iso(b"iso6")),
        "mp4 in pieces": (".mp4", iso(b"dash")), "mp4 of version 2": (".mp4", iso(b"mp42")), "m4v": (".m4v", iso(b"mp42")),
        "m4a of an iPhone": (".m4a", iso(b"M4A ")), "m4a of Android": (".m4a", iso(b"isom")), "m4a of Samsung": (".m4a", iso(b"mp42")),
        "m4a of 3gp": (".m4a", iso(b"3gp4")), "mov": (".mov", iso(b"qt  ")), "3gp": (".3gp", iso(b"3gp4")),
        "avi": (".avi", b"RIFF\x64\x00\x00\x00AVI LIST" + b"\x00" * 88), "mkv": (".mkv", EBML),
        "ts": (".ts", packets()), "m2ts": (".m2ts", packets(b"\x00\x00\x00\x00")), "mpg": (".mpg", bytes.fromhex("000001ba2100010001800001000001bb") + b"\x00" * 64),
        "wmv": (".wmv", ASF), "wma": (".wma", ASF), "flv": (".flv", b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00"),
        "mp3": (".mp3", FRAME_MP3 * 3), "mp3 with a title": (".mp3", b"ID3\x03\x00\x00\x00\x00\x00\x0a" + b"\x00" * 10 + FRAME_MP3 * 3),
        "wav": (".wav", sound()), "amr": (".amr", b"#!AMR\n" + b"\x3c" * 64), "amr in wide band": (".amr", b"#!AMR-WB\n" + b"\x3c" * 64),
        "aac": (".aac", FRAME_AAC * 4), "ogg": (".ogg", b"OggS\x00\x02" + b"\x00" * 20 + b"\x01\x1e\x01vorbis" + b"\x00" * 30),
    }  # fmt: skip


@cache
def refused() -> dict[str, bytes]:
    """What it is → its bytes. Refused under every ending that is taken."""
    return {
        "a Windows program": b"MZ\x90\x00" + b"\x00" * 200,
        "a Linux program": b"\x7fELF\x02\x01\x01" + b"\x00" * 60,
        "a program that is also a zip": b"MZ\x90\x00" + b"\x00" * 200 + zipped({"a": "b"}),
        "a shell script": b"#!/bin/sh\nrm -rf /\n",
        "a shell script behind a mark": b"\xef\xbb\xbf#!/bin/sh\nrm -rf /\n",
        "a batch file": b"@echo off\r\ndel c:\\\r\n",
        "PHP": b"<?php echo 1; ?>",
        "a page": b"<!DOCTYPE html><html><script>alert(1)</script>",
        "a page behind blank lines": b"\r\n" * 300 + b"<html><body onload=alert(1)>",
        "a page behind a comment": b"<!-- " + b"x" * 2000 + b" --><script>alert(1)</script>",
        "a page in UTF-16": "<html><script>alert(1)</script>".encode("utf-16"),
        "SVG": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "SVG behind a declaration": b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        "SVG with a prefix": b"<?xml version='1.0'?>\n<x:svg xmlns:x='http://www.w3.org/2000/svg'><x:script/></x:svg>",
        "an Android app": zipped({"AndroidManifest.xml": "x", "classes.dex": "y"}),
        "a Java archive": zipped({"META-INF/MANIFEST.MF": "Main-Class: A", "A.class": "y"}),
        "Word with macros": office("word/document.xml", "macroEnabled.main+xml", **{"word/vbaProject.bin": "x"}),
        "an installer": ole("!_Tables", "!_StringData"),
        "a shortcut": bytes.fromhex("4c0000000114020000000000c000000000000046") + b"\x00" * 60,
        "nothing known": bytes(range(256)) * 4,
        "text with control characters": b"ab\x00\x01\x02\x03cd",
    }
