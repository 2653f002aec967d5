"""Shapes of input for signing in and one's own settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sign_in_limits import Attempt, begin
from core.errors import Busy
from core.fields import CodeField, LineField
from core.reading import DayField
from core.text import clean_line


class PlainUsername(UsernameField):
    """A user name as it was given out, whatever was pasted around it."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(clean_line(value) if isinstance(value, str) else value)


class SignInForm(AuthenticationForm):
    """Name and password. Who set up an authenticator is asked for its code next, and nobody else is."""

    username = PlainUsername(widget=forms.TextInput(attrs={"autofocus": True}))

    error_messages = {
        "invalid_login": _("用户名或密码不对。连续输错五次后，每次须等待更久才能再试。"),
        "inactive": _("该账号已停用。"),
    }
    attempt: Attempt | None = None

    def clean(self) -> Any:
        """Raises Slowed where it is too early for another try, Busy where too many sign in at once."""
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if self.request is None or not name or not password:
            return super().clean()
        self.attempt = begin(name, self.request)
        try:
            cleaned = super().clean()
        except Busy:
            self.attempt.not_looked_at()
            raise
        self.attempt.right()
        return cleaned


CODE = {"inputmode": "numeric", "autocomplete": "one-time-code"}
PASSWORD = {"autocomplete": "current-password"}


class CodeForm(forms.Form):
    """The second step of signing in."""

    otp = CodeField(label=_("验证器显示的六位数字"), max_length=8, widget=forms.TextInput(attrs=CODE))
    remember = forms.BooleanField(label=_("这是我自己的设备，三十天内不再询问"), required=False)


class TotpForm(forms.Form):
    """Setting up an authenticator, or doing without: with the password again."""

    password = forms.CharField(label=_("当前密码"), max_length=128, widget=forms.PasswordInput(attrs=PASSWORD))
    code = CodeField(label=_("管理员发放的一次性启用码"), max_length=40, required=False)
    token = CodeField(label=_("验证器显示的六位数字"), max_length=8, widget=forms.TextInput(attrs=CODE))

    def __init__(self, *args: Any, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_code:
            del self.fields["code"]


class AbsenceForm(forms.Form):
    """Who acts in my post while I am away."""

    deputy = forms.ModelChoiceField(User.objects.none(), label=_("代行人"))
    since = DayField(label=_("自"))
    until = DayField(label=_("至"))
    reason = LineField(label=_("事由"), max_length=200)
