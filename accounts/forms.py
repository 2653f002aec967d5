"""Shapes of input for signing in and one's own settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from core.fields import CodeField, LineField
from core.text import clean_line


class PlainUsername(UsernameField):
    """A user name as it was given out, whatever was pasted around it."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(clean_line(value) if isinstance(value, str) else value)


class SignInForm(AuthenticationForm):
    """Name, password, and the code of the authenticator for those who set one up."""

    username = PlainUsername(widget=forms.TextInput(attrs={"autofocus": True}))
    otp = CodeField(
        label=_("动态口令（已启用者填写）"),
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    error_messages = {
        "invalid_login": _("用户名或密码不对。连续错误五次将锁定十五分钟。"),
        "inactive": _("该账号已停用。"),
    }

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        assert isinstance(user, User)
        device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
        if device is not None:
            code = self.cleaned_data.get("otp", "")
            if not code.isdigit() or not device.verify_token(code):
                raise forms.ValidationError(_("动态口令不对或已过期。"), code="otp")


class TotpForm(forms.Form):
    token = CodeField(
        label=_("验证器显示的六位数字"), max_length=6, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"})
    )


class AbsenceForm(forms.Form):
    """Who acts in my post while I am away."""

    deputy = forms.ModelChoiceField(User.objects.none(), label=_("代行人"))
    since = forms.DateField(label=_("自"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("至"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = LineField(label=_("事由"), max_length=200)
