"""All routes of people: signing in, invitations, one's own account, the admin's page. There only where people sign in."""

from __future__ import annotations

from fastapi import APIRouter

from review.accountpages import account_routes
from review.invitepages import invite_routes
from review.limiting import Limits
from review.oidc import Provider
from review.oidcpages import oidc_routes
from review.people import People
from review.peoplepages import people_routes
from review.provepages import prove_routes
from review.rendering import Renderer
from review.security import FormTokens
from review.signinpages import signin_routes


def people_area(
    people: People, show: Renderer, tokens: FormTokens, limits: Limits, provider: Provider | None
) -> APIRouter:
    """Make the routes; those of the identity provider only where there is one."""
    area = APIRouter()
    oidc = provider is not None
    area.include_router(signin_routes(people, show, tokens, limits, oidc=oidc))
    area.include_router(invite_routes(people, show, tokens, limits, oidc=oidc))
    area.include_router(account_routes(people, show, tokens, limits))
    area.include_router(prove_routes(people, show, tokens, limits, provider))
    area.include_router(people_routes(people, show, tokens))
    if provider is not None:
        area.include_router(oidc_routes(people, show, tokens, limits, provider))
    return area
