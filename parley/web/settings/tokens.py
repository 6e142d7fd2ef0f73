"""One's own tokens for programs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from parley.core.errors import DomainError
from parley.organizations.models import ApiToken, User
from parley.organizations.operations.tokens import create_token, revoke_token
from parley.web.app import colleague, tell
from parley.web.settings.forms import TokenForm
from parley.web.settings.pages import page

HERE = "app-settings-tokens"


@colleague
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest, user: User) -> HttpResponse:
    """The list; a new one's secret is shown in the answer to its form, and never again."""
    form = TokenForm(request.POST or None)
    made = secret = None
    if form.is_valid():
        try:
            made, secret = create_token(actor=user, now=timezone.now(), **form.cleaned_data)
            form = TokenForm()
        except DomainError as error:
            form.refuse(error)
    rows = ApiToken.objects.visible_to(user).select_related("token").order_by("-pk")
    values = {"form": form, "tokens": rows, "made": made, "secret": secret}
    return page(request, user, "tokens", values, here=HERE, status=400 if form.errors else 200)


@colleague
@require_POST
def revoke(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """End one at once."""
    revoke_token(token_id=pk, actor=user, now=timezone.now())
    tell(request, "The token is revoked.")
    return redirect(HERE)
